"""Levels: evenly spaced values, of which whole numbers of a few bits say one."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.codecs.straight_through import straight_through
from condenset.core.errors import ArtifactError

FLOATS = 2  # of a channel: its scale and its shift


class Levels(nn.Module):
    """Level l of channel c is the value shift[c] + scale[c] * l. Stores scale and shift (channels,) float32."""

    scale: Tensor
    shift: Tensor

    def __init__(self, scale: Float[Tensor, " channels"], shift: Float[Tensor, " channels"]) -> None:
        """Args: scale, between levels; shift, the lowest one."""
        super().__init__()
        self.register_buffer("scale", scale.detach().clone().float())
        self.register_buffer("shift", shift.detach().clone().float())

    @classmethod
    def across(cls, values: Float[Tensor, "n channels ..."], bits: int) -> Levels:
        """2^bits levels from the lowest to the highest value of every channel."""
        lowest, highest = values.detach().transpose(0, 1).flatten(1).aminmax(dim=1)
        width = torch.where(highest > lowest, highest - lowest, torch.ones_like(lowest))
        return cls(width / (2**bits - 1), lowest)

    @classmethod
    def restored(cls, tensors: Mapping[str, Tensor], channels: int) -> Levels:
        """Rebuild from "levels.scale" and "levels.shift" (channels,). Raises `ArtifactError` where they do not fit."""
        scale, shift = (expect_tensor(tensors, f"levels.{name}", 1) for name in ("scale", "shift"))
        if not len(scale) == len(shift) == channels:
            raise ArtifactError(f"levels of {len(scale)} and {len(shift)} channels: the images have {channels}")
        return cls(scale, shift)

    def nearest(self, values: Float[Tensor, "n channels ..."], bits: int) -> UInt8[Tensor, "n channels ..."]:
        """The nearest level of 2^bits ones to every value."""
        numbers = (values.detach() - self._along(self.shift, values)) / self._along(self.scale, values)
        return numbers.round().clamp(0, 2**bits - 1).to(torch.uint8)

    def values(self, numbers: UInt8[Tensor, "n channels ..."]) -> Float[Tensor, "n channels ..."]:
        """The values of levels."""
        return self._along(self.shift, numbers) + self._along(self.scale, numbers) * numbers

    def rounded(self, values: Float[Tensor, "n channels ..."], bits: int) -> Float[Tensor, "n channels ..."]:
        """Values at their nearest level; gradients pass as if they were not (straight-through)."""
        return straight_through(values, self.values(self.nearest(values, bits)))

    @staticmethod
    def _along(numbers: Float[Tensor, " channels"], values: Tensor) -> Tensor:
        return numbers.view(-1, *[1] * (values.dim() - 2))
