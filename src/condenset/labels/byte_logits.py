"""Learnt soft labels of a byte a class, or fewer bits: logits below the greatest in even steps, learnt as if not
rounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from condenset.codecs.bits import BYTE, expect_packed, packed, packed_bytes, unpacked
from condenset.codecs.restoring import expect_tensor
from condenset.codecs.straight_through import straight_through
from condenset.core.errors import ArtifactError, RequestError
from condenset.labels.label import Labels
from condenset.labels.logits import Logits
from condenset.tasks.targets.target import Target

_REACH = 16.0  # of all levels; a logit so far below the greatest is a share of one in ten million


class ByteLogits(Labels):
    """Stores packed levels (items, bytes) uint8, how many steps of 16 / 2^bits a class's logit lies below the greatest,
    and, where they are not a byte, bits (1,) uint8.

    A quarter of what float32 rows take, or less, as soft labels of the decoupled methods are quantised.
    `LearntByteLogits` is what it is made of, and says the same probabilities.
    """

    levels: Tensor

    def __init__(self, levels: UInt8[Tensor, "items bytes"], classes: int, bits: int = BYTE) -> None:
        """Args: levels, 0 for the greatest, as `packed` packs them; classes, that a row tells of; bits, of each."""
        super().__init__()
        self.register_buffer("levels", levels.detach().clone())
        self.classes = classes
        if bits != BYTE:
            self.register_buffer("bits", torch.tensor([bits], dtype=torch.uint8))
        self._bits = bits

    def forward(self) -> Float[Tensor, "items classes"]:
        """Probabilities (items, classes)."""
        return (-_step(self._bits) * unpacked(self.levels, self._bits, self.classes)).softmax(1)

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Tensors that all items share, by name: how many bits a level has."""
        return ("bits",)

    @staticmethod
    def item_bytes(target: Target, bits: int = BYTE) -> int:
        """Of a row. Raises `RequestError` for bits that are not 1 to 8."""
        return packed_bytes(target.outputs, bits)

    @staticmethod
    def shared_bytes(target: Target, bits: int = BYTE) -> int:
        """Of the bits, where they must be said."""
        return int(bits != BYTE)

    @classmethod
    def encode(cls, targets: Tensor, target: Target, bits: int = BYTE) -> LearntByteLogits:
        """The start's probabilities, small ones raised to a least one. Raises `RequestError` for what has none, and for
        bits that are not 1 to 8."""
        if not target.simplex:
            raise RequestError("byte-logits are of classes: use labels soft here")
        packed_bytes(target.outputs, bits)
        return LearntByteLogits(Logits.encode(targets, target).values, bits)

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> ByteLogits:
        """Rebuild from "levels", (items, bytes) uint8, and "bits", (1,) uint8, where it is there. Raises
        `ArtifactError` where they are none such."""
        bits = BYTE
        if "bits" in tensors:
            told = expect_tensor(tensors, "bits", 1, floating=False)
            bits = int(told[0])
            if len(told) != 1 or not 1 <= bits <= BYTE:
                raise ArtifactError(f"labels have 'bits' {told.tolist()}: expected one number from 1 to {BYTE}")
        return cls(expect_packed(tensors, "levels", target.outputs, bits), target.outputs, bits)


class LearntByteLogits(Labels):
    """Logits (items, classes) float32 that are read at their nearest levels, while they are learnt."""

    def __init__(self, values: Float[Tensor, "items classes"], bits: int = BYTE) -> None:
        """Args: values, logits; bits, of a level."""
        super().__init__()
        self.values = nn.Parameter(values.detach().clone().float())
        self._bits = bits

    def forward(self) -> Float[Tensor, "items classes"]:
        """Probabilities at their levels; gradients pass to logits as if these were not rounded."""
        return straight_through(self.values, -_step(self._bits) * self._levels()).softmax(1)

    def stored(self) -> ByteLogits:
        """What is saved: the levels as they are now, packed into bits."""
        return ByteLogits(packed(self._levels(), self._bits), self.values.shape[1], self._bits)

    def _levels(self) -> UInt8[Tensor, "items classes"]:
        values = self.values.detach()
        below = (values.amax(1, keepdim=True) - values) / _step(self._bits)
        return below.round().clamp(max=2**self._bits - 1).to(torch.uint8)


def _step(bits: int) -> float:
    return _REACH / 2.0**bits


LABEL = ByteLogits
