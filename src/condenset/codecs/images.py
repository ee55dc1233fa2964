"""Images: what codecs of images check of examples, of their spec and of a card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf, Spec


def expect_images(inputs: Inputs, codec: str) -> Float[Tensor, "items channels height width"]:
    """The inputs, where they are images. Raises `RequestError` in the codec's name otherwise."""
    if not isinstance(inputs, Tensor) or inputs.dim() != 4:
        raise RequestError(f"{codec} stores images (items, channels, height, width): use codec raw here")
    return inputs


def image_shape(inputs: Spec, codec: str) -> tuple[int, int, int]:
    """(channels, height, width) of an example, by its spec. Raises `RequestError` where it is no image."""
    if not isinstance(inputs, Leaf) or len(inputs.shape) != 3:
        raise RequestError(f"{codec} stores images (channels, height, width): use codec raw here")
    channels, height, width = inputs.shape
    return channels, height, width


def stored_shape(fields: Mapping[str, Any]) -> tuple[int, int, int]:
    """(channels, height, width) that a card says as "input_shape". Raises `ArtifactError` where it is impossible."""
    shape = fields.get("input_shape")
    match shape:
        case [int(channels), int(height), int(width)] if min(shape) > 0 and not any(type(n) is bool for n in shape):
            return channels, height, width
    raise ArtifactError(f"input_shape {shape!r:.60} of images is impossible: expected [channels, height, width]")
