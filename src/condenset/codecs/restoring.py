"""Checks that a codec makes before it trusts tensors and fields that were read from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from torch import Tensor, nn

from condenset.core.errors import ArtifactError, as_artifact_error
from condenset.core.untrusted_file import limits

Model = TypeVar("Model", bound=nn.Module)


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


def expect_decodable(numbers: int, what: str) -> None:
    """Raises `ArtifactError` where decoding takes more memory than the limit: a small file can say any size.

    Args: numbers, of 4 bytes, that it holds at a time; what, decodes, in words.
    """
    with as_artifact_error():
        limits().check("bytes", 4 * numbers, f"{what}, as it decodes,")


def with_parameters(model: Model, parameters: Mapping[str, Tensor], what: str) -> Model:
    """The model with these parameters. Raises `ArtifactError` where they are another's.

    Args: what, it is, in words.
    """
    try:
        model.load_state_dict(dict(parameters))
    except RuntimeError as error:
        raise ArtifactError(f"these are no parameters of a {what} ({error!s:.200}): it is altered") from error
    return model


def below(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    """Those whose names begin so, by what follows."""
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
