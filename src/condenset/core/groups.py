"""How the examples of a task are sorted: into groups, in which signals are summed and the budget is shared out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Int
from torch import Tensor


@runtime_checkable
class Groups(Protocol):
    """A frozen dataclass: the groups of a task. Which group an example is in stands in its batch."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the groups, in the order of their numbers."""

    def __len__(self) -> int: ...

    def of(self, targets: Tensor) -> Int[Tensor, " n"]:
        """The group of each of some targets (n, ...)."""


@dataclass(frozen=True)
class ByClass:
    """A group for every class.

    Attributes:
        names: of the classes.
    """

    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.names)

    def of(self, targets: Tensor) -> Int[Tensor, " n"]:
        """Class indices (n,) as they are; of soft labels (n, classes) the likeliest."""
        return targets.argmax(1) if targets.is_floating_point() else targets


@dataclass(frozen=True)
class ByBin:
    """A group for every bin of a number.

    Attributes:
        edges: inner edges of the bins, in the unit of the targets.
    """

    edges: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """By their edges, in the unit of the targets."""
        shown = [f"{edge:.3g}" for edge in self.edges]
        return tuple(f"{low} to {high}" for low, high in zip(["lowest", *shown], [*shown, "highest"], strict=True))

    def __len__(self) -> int:
        return len(self.edges) + 1

    def of(self, targets: Tensor) -> Int[Tensor, " n"]:
        """The bin of each number (n, 1), (n,) int64; of several numbers the first decides."""
        edges = torch.tensor(self.edges, dtype=targets.dtype).to(targets.device)
        return torch.bucketize(targets[:, 0].contiguous(), edges)


@dataclass(frozen=True)
class Together:
    """One group for all."""

    @property
    def names(self) -> tuple[str, ...]:
        """The only group's name, "all"."""
        return ("all",)

    def __len__(self) -> int:
        return 1

    def of(self, targets: Tensor) -> Int[Tensor, " n"]:
        """0 for every target (n, ...)."""
        return torch.zeros(len(targets), dtype=torch.int64, device=targets.device)
