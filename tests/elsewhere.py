"""A device that no machine has: its tensors refuse to meet those of the CPU, as a GPU's do, and compute the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from typing import Any
from unittest import mock

import torch
from torch import Tensor
from torch.utils import _pytree
from torch.utils._mode_utils import no_dispatch
from torch.utils._python_dispatch import TorchDispatchMode

DEVICE = torch.device("maia:0")  # a name that PyTorch knows and has nothing for
_FLOAT64 = ContextVar("float64", default=True)  # of the device that is attached
_ATEN = torch.ops.aten
_INDEXING = {_ATEN.index.Tensor, _ATEN.index_put.default, _ATEN.index_put_.default}  # by indices of the CPU, too
_COPYING = {_ATEN._to_copy.default, _ATEN.copy_.default}


class Elsewhere(Tensor):
    """A tensor of the device; `held` has its numbers.

    PyTorch takes it for a tensor without numbers ("meta"), so that no kernel of its own can reach them.
    """

    held: Tensor
    __torch_function__ = torch._C._disabled_torch_function_impl

    @staticmethod
    def __new__(cls, held: Tensor) -> Elsewhere:
        made = Tensor._make_wrapper_subclass(
            cls,
            held.shape,
            strides=held.stride(),
            storage_offset=held.storage_offset(),
            dtype=held.dtype,
            device="meta",
        )
        made.held = torch.zeros(held.shape, dtype=held.dtype) if held._is_zerotensor() else held
        return made

    def __repr__(self, *, tensor_contents: Any = None) -> str:
        return f"Elsewhere({self.held})"

    def __getitem__(self, index: Any) -> Any:
        return super().__getitem__(_without_lists(index))

    def __setitem__(self, index: Any, value: Any) -> None:
        super().__setitem__(_without_lists(index), value)

    def tolist(self) -> Any:
        return self.held.tolist()

    @property
    def device(self) -> torch.device:
        return DEVICE

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        return _carried_out(func, args, kwargs or {})


class Attached(TorchDispatchMode):
    """While this is entered, the device is there; `inference_mode`, for PyTorch's own tensors, only stops gradients."""

    def __init__(self, float64: bool = True) -> None:
        """Args: float64, whether the device has that; Apple's have not."""
        super().__init__()
        self._float64 = float64

    def __enter__(self) -> Any:
        self._token = _FLOAT64.set(self._float64)
        self._patch = mock.patch.object(torch, "inference_mode", _without_gradients)
        self._patch.start()
        return super().__enter__()

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._patch.stop()
        _FLOAT64.reset(self._token)

    def __torch_dispatch__(self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Any = None) -> Any:
        return _carried_out(func, args, kwargs or {})


def _without_gradients(mode: bool = True) -> AbstractContextManager[None]:
    return torch.no_grad() if mode else torch.enable_grad()


def _carried_out(func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    tensors = [leaf for leaf in _pytree.tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
    there = [tensor for tensor in tensors if isinstance(tensor, Elsewhere)]
    here = [tensor for tensor in tensors if not isinstance(tensor, Elsewhere) and tensor.ndim > 0]
    allowed = func in _COPYING or (func in _INDEXING and isinstance(args[0], Elsewhere))
    if there and here and not allowed:
        raise RuntimeError(f"{func}: expected all tensors on one device, found the CPU and {DEVICE}")
    assert not (there and any(tensor.is_meta for tensor in here)), f"{func} is given a tensor without numbers"
    asked = kwargs.get("device")
    to_there = bool(there) if asked is None else asked.type in (DEVICE.type, "meta")
    kwargs = {name: torch.device("cpu") if name == "device" and value else value for name, value in kwargs.items()}
    found = func(*_pytree.tree_map_only(Elsewhere, _held, args), **_pytree.tree_map_only(Elsewhere, _held, kwargs))
    if torch.Tag.inplace_view in func.tags:
        with no_dispatch():
            func(*args, **kwargs)
    if to_there and not _FLOAT64.get() and any(_is_wide(leaf) for leaf in _pytree.tree_leaves(found)):
        raise TypeError(f"{func}: {DEVICE} has no float64")
    if func._schema.is_mutable:
        return args[0] if func._schema.returns else None
    return _pytree.tree_map_only(Tensor, Elsewhere, found) if to_there else found


def _is_wide(value: Any) -> bool:
    return isinstance(value, Tensor) and value.dtype == torch.float64


def _without_lists(index: Any) -> Any:
    """Lists of an index as tensors of the CPU; PyTorch would make "meta" tensors of them, without numbers."""
    if isinstance(index, tuple):
        return tuple(map(_without_lists, index))
    return torch.tensor(index) if isinstance(index, list) else index


def _held(tensor: Elsewhere) -> Tensor:
    return tensor.held
