"""A kernel between examples, named and carrying its fields ("ntk:depth=3")."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.fields import split_name
from condenset.core.registries import KERNELS


@runtime_checkable
class Kernel(Protocol):
    """A frozen dataclass whose fields are the kernel's parameters; a call gives a matrix (na, nb)."""

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between the examples of `a` and of `b`, differentiable in both, in the inputs' dtype."""


def named_kernel(text: str) -> Any:
    """The kernel of a name with fields. Raises `UnknownNameError`, and `RequestError` for a field it lacks."""
    name, fields = split_name(text)
    try:
        return replace(KERNELS.get(name), **fields)
    except TypeError as error:
        raise RequestError(f"kernel {text!r} cannot be built: {error}") from error
