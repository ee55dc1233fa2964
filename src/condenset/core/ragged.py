"""Series of different lengths as the inputs of one batch: filled up with 0 to the longest, lengths beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int, Num
from torch import Tensor

from condenset.core.structure import Container, pytree_node


@pytree_node("values", "steps")
@dataclass(frozen=True)
class Ragged(Container):
    """What networks read up to each series' own end; numbers beyond it are 0, and stay so.

    Attributes:
        values: (n, channels, longest) float.
        steps: (n,) int64, the length of each series.
    """

    values: Float[Tensor, "*n channels longest"]
    steps: Num[Tensor, "*n"]
    meaning: ClassVar[str] = "ragged"

    def __len__(self) -> int:
        return len(self.values)

    @property
    def numbers(self) -> Float[Tensor, "n channels longest"]:
        """The padded values (n, channels, longest), which are numbers as they are."""
        return self.values

    @property
    def lengths(self) -> Int[Tensor, " n"]:
        """Lengths (n,) of the series, without padding."""
        return self.steps

    def joined(self, others: Sequence[Ragged]) -> Ragged:
        """These series and the others', one after another, filled up to the longest."""
        parts = [self, *others]
        longest = max(part.values.shape[2] for part in parts)
        filled = [F.pad(part.values, (0, longest - part.values.shape[2])) for part in parts]
        return Ragged(torch.cat(filled), torch.cat([part.steps for part in parts]))

    @classmethod
    def of_vectors(cls, vectors: Float[Tensor, "n d"], shape: tuple[int, ...]) -> Ragged:
        """Series (n, channels, longest) that are all as long as the longest."""
        return cls(vectors.view(-1, *shape), torch.full((len(vectors),), shape[1], device=vectors.device))

    def changed(self, values: Float[Tensor, "n channels longest"]) -> Ragged:
        """Series of the same lengths with other values; what lies beyond a series' end is 0."""
        there = torch.arange(values.shape[2], device=values.device) < self.steps[:, None]
        return Ragged(values * there[:, None], self.steps)

    def vectors(self) -> Float[Tensor, "n d"]:
        """All values of a series, with those that fill it up, (n, channels x longest)."""
        return self.values.flatten(1)
