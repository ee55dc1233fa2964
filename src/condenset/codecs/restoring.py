"""Checks that a codec makes before it trusts tensors that were read from a file."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from condenset.core.errors import ArtifactError


def expect_tensor(tensors: Mapping[str, Tensor], name: str, dimensions: int) -> Tensor:
    """The named floating tensor, not empty, of any shape with so many dimensions. Raises `ArtifactError` otherwise."""
    if name not in tensors:
        raise ArtifactError(f"tensor {name!r} is missing: found {sorted(tensors)}; the set is incomplete")
    tensor = tensors[name]
    if tensor.dim() != dimensions or not tensor.is_floating_point() or tensor.numel() == 0:
        found = f"{tuple(tensor.shape)} {tensor.dtype}"
        raise ArtifactError(f"tensor {name!r} is {found}: expected {dimensions} dimensions of floating point numbers")
    return tensor
