"""Learnt soft labels of a byte a class: logits below the greatest one in even steps, learnt as if not rounded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.codecs.straight_through import straight_through
from condenset.core.errors import ArtifactError, RequestError
from condenset.labels.logits import Logits
from condenset.tasks.targets.target import Target

_STEP = 1 / 16  # between levels; the last of 256 is a share of one in ten million


class ByteLogits(nn.Module):
    """Stores levels (items, classes) uint8: how many steps of 1/16 a class's logit lies below the greatest.

    A quarter of what float32 rows take, as soft labels of the decoupled methods are quantised. `LearntByteLogits` is
    what it is made of, and says the same probabilities.
    """

    learnt: ClassVar[bool] = True

    levels: Tensor

    def __init__(self, levels: UInt8[Tensor, "items classes"]) -> None:
        """Args: levels, 0 for the greatest."""
        super().__init__()
        self.register_buffer("levels", levels.detach().clone())

    def forward(self) -> Float[Tensor, "items classes"]:
        """Probabilities (items, classes)."""
        return (-_STEP * self.levels).softmax(1)

    @staticmethod
    def item_bytes(target: Target) -> int:
        """A byte a class."""
        return target.outputs

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> LearntByteLogits:
        """The start's probabilities, small ones raised to a least one. Raises `RequestError` for what has none."""
        if not target.simplex:
            raise RequestError("byte-logits are of classes: use labels soft here")
        return LearntByteLogits(Logits.encode(targets, target).values)

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> ByteLogits:
        """Rebuild from the tensor "levels", (items, classes) uint8. Raises `ArtifactError` where it is none such."""
        levels = expect_tensor(tensors, "levels", 2, floating=False)
        if levels.dtype != torch.uint8:
            raise ArtifactError(f"labels 'levels' are {levels.dtype}: expected uint8")
        return cls(levels)


class LearntByteLogits(nn.Module):
    """Logits (items, classes) float32 that are read at their nearest levels, while they are learnt."""

    learnt: ClassVar[bool] = True

    def __init__(self, values: Float[Tensor, "items classes"]) -> None:
        """Args: values, logits."""
        super().__init__()
        self.values = nn.Parameter(values.detach().clone().float())

    def forward(self) -> Float[Tensor, "items classes"]:
        """Probabilities at their levels; gradients pass to logits as if these were not rounded."""
        return straight_through(self.values, -_STEP * self._levels()).softmax(1)

    def stored(self) -> ByteLogits:
        """The levels."""
        return ByteLogits(self._levels())

    def _levels(self) -> UInt8[Tensor, "items classes"]:
        values = self.values.detach()
        below = (values.amax(1, keepdim=True) - values) / _STEP
        return below.round().clamp(max=255).to(torch.uint8)


LABEL = ByteLogits
