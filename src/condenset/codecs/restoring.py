"""Checks that a codec makes before it trusts tensors that were read from a file."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from condenset.core.errors import ArtifactError


def expect_tensor(tensors: Mapping[str, Tensor], name: str, dimensions: int, floating: bool | None = True) -> Tensor:
    """The named tensor, not empty, of any shape with so many dimensions. Raises `ArtifactError` otherwise.

    Args: floating, whether it holds floating point numbers; None: either way.
    """
    if name not in tensors:
        raise ArtifactError(f"tensor {name!r} is missing: found {sorted(tensors)}; the set is incomplete")
    tensor = tensors[name]
    fits = floating is None or tensor.is_floating_point() == floating
    if tensor.dim() != dimensions or not fits or tensor.numel() == 0:
        kind = {True: "floating point numbers", False: "whole numbers", None: "numbers"}[floating]
        description = f"{tuple(tensor.shape)} {tensor.dtype}"
        raise ArtifactError(f"tensor {name!r} is {description}: expected {dimensions} dimensions of {kind}")
    return tensor
