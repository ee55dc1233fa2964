"""Training data on disk, for data larger than memory, at one cost for any number of rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
import torch
from jaxtyping import Int, Integer
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Batch, Inputs, placed
from condenset.core.errors import DataError
from condenset.core.process import half_of_memory
from condenset.core.rng import Rng
from condenset.tasks.store import Records, Store
from condenset.tasks.view import Represented

_RUN = 16  # examples that are drawn together
_PART = 32 * 2**20  # bytes of inputs that are held at a time in a pass


class StreamedView:
    """Training data in a store. In memory is what is asked for, and one number per group.

    A group lies on disk in one random order that was drawn when the store was made. A draw starts at a random place
    of that circle, cuts it into runs of 16 examples, and takes random runs without replacement. So every example of
    a group is equally likely, none comes twice in a draw, every epoch holds each exactly once, and a draw depends on
    its stream alone; but neighbours in the random order come together more often than chance, up to 15 of them.

    Attributes:
        groups: number of groups.
        device: where batches go as they are read.
        fits: whether `all` can be asked for: the inputs take less than a quarter of the memory.
    """

    def __init__(
        self, store: Store, counts: Int[Tensor, " groups"], scale: float, batch_of: Callable[[Records], Batch]
    ) -> None:
        """Args: store, whose first records are the training examples, group after group; counts, of the groups;
        scale, root mean square of the inputs; batch_of, turns records into what networks see.

        Raises `DataError` for an empty group.
        """
        empty = counts.eq(0).nonzero().flatten().tolist()
        if empty:
            raise DataError(f"groups {empty} of {len(counts)} have no training example: every class needs at least one")
        self._store, self._counts, self._scale, self._batch_of = store, counts, scale, batch_of
        self._first = counts.cumsum(0) - counts
        self.groups = len(counts)
        first = self.select(torch.tensor([0]))
        self.device = first.weight.device
        self._bytes = structure.nbytes(first.inputs)
        self.fits = 2 * len(self) * self._bytes < half_of_memory()

    def __len__(self) -> int:
        """Number of training examples."""
        return int(self._counts.sum())

    @property
    def batch(self) -> Batch:
        """All training examples in the order that `members` count in. Raises `DataError` where they do not fit."""
        return self._batch_of(self._whole())

    def to(self, device: torch.device | str) -> StreamedView:
        """The same data, sent to a device as they are read."""
        return StreamedView(self._store, self._counts, self._scale, partial(placed, device, self._batch_of))

    def counts(self) -> Int[Tensor, " groups"]:
        """Training examples per group, of shape (groups,)."""
        return self._counts.clone()

    def present(self) -> int:
        """The training examples: nothing else is there."""
        return len(self)

    def scale(self) -> float:
        """Root mean square of the inputs, the unit in which recipes state Adam's rates: 1 for standardised data."""
        return self._scale

    def members(self, group: int) -> Int[Tensor, " n"]:
        """Indices of a group's examples, in their random order, of shape (n,)."""
        first = int(self._first[group])
        return torch.arange(first, first + int(self._counts[group]))

    def parts(self, group: int, least: int = 1) -> Iterator[Int[Tensor, " n"]]:
        """A group's indices in parts that memory holds, all but the last of `least` or more: random parts, in turn."""
        yield from self.members(group).split(max(least, _PART // self._bytes, 1))

    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices."""
        return self._batch_of(self._store.read(index.numpy()))

    def cut_out(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The examples at these indices."""
        return self.select(index)

    def represented(self, represent: Callable[[Inputs], Tensor]) -> Represented:
        """Vectors (n, d), represented as they are read."""

        def read(index: Tensor) -> tuple[Tensor, Tensor]:
            batch = self.select(index)
            return represent(batch.inputs), batch.targets

        return read

    def sample(self, per_group: int, rng: Rng) -> Batch:
        """Up to `per_group` examples of every group without replacement, group after group, inputs (n, ...)."""
        return self.select(torch.from_numpy(self._picked(self._counts.clamp(max=per_group).numpy(), rng.numpy())))

    def draw(self, count: int, rng: Rng) -> Batch:
        """Up to `count` examples of any group without replacement, inputs (n, ...)."""
        numbers = rng.numpy()
        shares = _shares(self._counts.numpy(), count, numbers)
        return self.select(torch.from_numpy(numbers.permutation(self._picked(shares, numbers))))

    def epoch(self, size: int, rng: Rng) -> Iterator[Batch]:
        """One shuffled pass in batches of inputs (size, ...), the last one possibly smaller."""
        numbers, left = rng.numpy(), self._counts.numpy().copy()
        firsts, orders = self._first.tolist(), [_Order(count, count, numbers) for count in left.tolist()]
        while left.any():
            shares = _shares(left, size, numbers)
            begun = (self._counts.numpy() - left).tolist()
            taken = zip(firsts, orders, begun, shares.tolist(), strict=True)
            picks = [first + order.places(done, done + share) for first, order, done, share in taken]
            left -= shares
            yield self.select(torch.from_numpy(numbers.permutation(np.concatenate(picks))))

    def all(self) -> Batch:
        """Every training example (n, ...) in the data's order. Raises `DataError` where they do not fit into memory."""
        records = self._whole()
        return self._batch_of(records[np.argsort(records["row"])])

    def _picked(
        self, shares: Integer[np.ndarray, " groups"], numbers: np.random.Generator
    ) -> Integer[np.ndarray, " n"]:
        sizes = zip(self._first.tolist(), self._counts.tolist(), shares.tolist(), strict=True)
        return np.concatenate([first + _Order(size, share, numbers).places(0, share) for first, size, share in sizes])

    def _whole(self) -> Records:
        if not self.fits:
            raise DataError(
                f"all {len(self)} examples at once take {len(self) * self._bytes / 2**30:.1f} GiB, more than a quarter "
                f"of the memory: use a method or a setting that draws examples instead"
            )
        return self._store.read(np.arange(len(self)))


class _Order:
    """A group's places in random order: from a random place on, in runs that are shuffled."""

    def __init__(self, size: int, count: int, numbers: np.random.Generator) -> None:
        """Args: size, of the group; count, places that will be asked for, from the beginning."""
        self._size, self._whole = size, size // _RUN
        self._begin = numbers.integers(size)
        self._runs = numbers.choice(self._whole, min(self._whole, -(-count // _RUN)), replace=False)

    def places(self, first: int, last: int) -> Integer[np.ndarray, " n"]:
        """Which places come first ... last - 1; what is left over of the last run comes at the end."""
        turn = np.arange(first, last)
        ordered = turn < self._whole * _RUN
        turn[ordered] = self._runs[turn[ordered] // _RUN] * _RUN + turn[ordered] % _RUN
        return (turn + self._begin) % self._size


def _shares(
    left: Integer[np.ndarray, " groups"], count: int, numbers: np.random.Generator
) -> Integer[np.ndarray, " groups"]:
    """How many of `count` examples, drawn from all that are left, belong to each group."""
    return numbers.multivariate_hypergeometric(left, min(count, int(left.sum())), method="marginals")
