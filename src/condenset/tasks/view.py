"""The training data as a method may see it: samples per group, mixed samples, passes. It holds no test data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.rng import Rng

Represented = Callable[[Tensor], tuple[Tensor, Tensor]]  # indices of examples -> their vectors (n, d), their targets


@runtime_checkable
class View(Protocol):
    """Training data, in memory or on disk.

    Attributes:
        groups: number of groups.
        device: where batches go; indices are numbers of the CPU.
        fits: whether `all` can be asked for.
    """

    groups: int
    device: torch.device
    fits: bool

    def __len__(self) -> int:
        """Number of training examples."""

    def to(self, device: torch.device | str) -> View:
        """The same data on a device."""

    def counts(self) -> Int[Tensor, " groups"]:
        """Training examples per group, of shape (groups,)."""

    def present(self) -> int:
        """How many there are with what is no example, such as a graph's nodes without a training label: a set is to be
        smaller, and a share of the data is of all these."""

    def scale(self) -> float:
        """Root mean square of the inputs, the unit in which recipes state Adam's rates: 1 for standardised data."""

    def members(self, group: int) -> Int[Tensor, " n"]:
        """Indices of a group's examples, of shape (n,)."""

    def parts(self, group: int, least: int = 1) -> Iterator[Int[Tensor, " n"]]:
        """A group's indices in parts that memory holds, all but the last of `least` or more: random parts, in turn."""

    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices."""

    def cut_out(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices as a batch of their own; nodes keep the edges between them."""

    def represented(self, represent: Callable[[Inputs], Tensor]) -> Represented:
        """Reads examples' vectors (n, d), as `represent` makes them, and their targets."""

    def sample(self, per_group: int, rng: Rng) -> Batch:
        """Up to `per_group` examples of every group without replacement, group after group, inputs (n, ...)."""

    def draw(self, count: int, rng: Rng) -> Batch:
        """Up to `count` examples of any group without replacement, inputs (n, ...)."""

    def epoch(self, size: int, rng: Rng) -> Iterator[Batch]:
        """One shuffled pass in batches of inputs (size, ...), the last one possibly smaller."""

    def all(self) -> Batch:
        """Every training example (n, ...) in the data's order. Raises `DataError` where they do not fit into memory."""


class ListedView(ABC):
    """A view that holds the indices of every group's examples, and draws from them."""

    def __init__(self, members: Sequence[Tensor]) -> None:
        """Args: members, indices (n,) of the examples of every group."""
        self._members = list(members)

    @abstractmethod
    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices (chosen,)."""

    def __len__(self) -> int:
        """Number of examples."""
        return sum(map(len, self._members))

    def counts(self) -> Int[Tensor, " groups"]:
        """Examples per group, of shape (groups,)."""
        return torch.tensor([len(members) for members in self._members])

    def members(self, group: int) -> Int[Tensor, " n"]:
        """Indices of a group's examples, of shape (n,)."""
        return self._members[group]

    def sample(self, per_group: int, rng: Rng) -> Batch:
        """Up to `per_group` examples of every group without replacement, group after group, inputs (n, ...)."""
        generator = rng.torch()
        return self.select(torch.cat([some(members, per_group, generator) for members in self._members]))

    def draw(self, count: int, rng: Rng) -> Batch:
        """Up to `count` examples of any group without replacement, inputs (n, ...)."""
        return self.select(some(torch.cat(self._members), count, rng.torch()))

    def epoch(self, size: int, rng: Rng) -> Iterator[Batch]:
        """One shuffled pass in batches of inputs (size, ...), the last one possibly smaller."""
        for part in some(torch.cat(self._members), len(self), rng.torch()).split(size):
            yield self.select(part)

    def all(self) -> Batch:
        """Every example (n, ...) in the data's order. Raises `DataError` where they do not fit into memory."""
        return self.select(torch.cat(self._members).sort().values)


def some(members: Int[Tensor, " n"], count: int, generator: torch.Generator) -> Int[Tensor, " m"]:
    """Up to `count` of them in random order."""
    return members[torch.randperm(len(members), generator=generator)[:count]]
