"""Training data in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Batch, Inputs
from condenset.core.errors import DataError
from condenset.tasks.view import ListedView, Represented


class InMemoryView(ListedView):
    """Training data in memory.

    Attributes:
        batch: all of it; for a graph, the whole graph with weight 0 on what is not for training.
        groups: number of groups.
        device: where batches are; indices are numbers of the CPU.
        fits: whether `all` can be asked for, as always in memory.
    """

    fits = True

    def __init__(self, batch: Batch, groups: int) -> None:
        """Args: batch, all training data; groups, how many there are. Raises `DataError` for an empty group."""
        self.batch = batch
        self.groups = groups
        self.device = batch.weight.device
        chosen, own = batch.examples().cpu(), batch.groups.cpu()
        super().__init__([chosen[own[chosen] == g] for g in range(groups)])
        empty = [g for g, members in enumerate(self._members) if len(members) == 0]
        if empty:
            raise DataError(f"groups {empty} of {groups} have no training example: every class needs at least one")

    def to(self, device: torch.device | str) -> InMemoryView:
        """The same data on a device."""
        return InMemoryView(self.batch.to(device), self.groups)

    def present(self) -> int:
        """All rows of `batch`, those of weight 0, too."""
        return len(self.batch)

    def scale(self) -> float:
        """Root mean square of the inputs, the unit in which recipes state Adam's rates: 1 for standardised data."""
        return structure.scale(self.batch.inputs)

    def parts(self, group: int, least: int = 1) -> Iterator[Int[Tensor, " n"]]:
        """A group's indices in parts that memory holds: one, since all of it is there."""
        yield self._members[group]

    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices into `batch`."""
        return self.batch.select(index)

    def cut_out(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices as a batch of their own; nodes keep the edges between them."""
        return self.batch.cut_out(index)

    def represented(self, represent: Callable[[Inputs], Tensor]) -> Represented:
        """Vectors (n, d), represented once."""
        vectors, targets = represent(self.batch.inputs), self.batch.targets
        return lambda index: (vectors[index], structure.take(targets, index))
