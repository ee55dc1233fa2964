"""What a signal is: sums over examples per group, so that signals of parts merge to the signal of the whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Sums:
    """Sums over the examples of each group.

    Attributes:
        totals: tensors (groups, ...), weighted sums.
        counts: (groups,) sums of weights.
    """

    totals: tuple[Tensor, ...]
    counts: Float[Tensor, " groups"]

    @classmethod
    def of(cls, values: Iterable[Tensor], batch: Batch, groups: int) -> Sums:
        """Of tensors (examples, ...) that hold a value for each example of the batch, by its weight."""

        def total(value: Tensor) -> Tensor:
            weight = batch.weight.view(-1, *[1] * (value.dim() - 1)).to(value)
            return value.new_zeros(groups, *value.shape[1:]).index_add(0, batch.groups, value * weight)

        return cls(tuple(map(total, values)), total(torch.ones_like(batch.weight)))

    def merge(self, other: Sums) -> Sums:
        """The sums (groups, ...) of both parts together."""
        totals = tuple(a + b for a, b in zip(self.totals, other.totals, strict=True))
        return Sums(totals, self.counts + other.counts)

    @property
    def nbytes(self) -> int:
        """Bytes of totals and counts."""
        return sum(tensor.nbytes for tensor in (*self.totals, self.counts))

    def to(self, device: torch.device | str) -> Sums:
        """The same sums (groups, ...) on a device."""
        return Sums(tuple(total.to(device) for total in self.totals), self.counts.to(device))

    def mean(self) -> tuple[Tensor, ...]:
        """Means per group, tensors (groups, ...); a group without examples is 0."""
        counts = self.counts.clamp(min=1e-12)
        return tuple(total / counts.view(-1, *[1] * (total.dim() - 1)) for total in self.totals)


class Averaged:
    """A signal whose sums are compared as their means."""

    def compared(self, sums: Sums) -> tuple[Tensor, ...]:
        """Means per group, tensors (groups, ...)."""
        return sums.mean()


@runtime_checkable
class Signal(Protocol):
    """A frozen dataclass that holds how tensors (groups, ...) are made of a batch."""

    @property
    def additive(self) -> bool:
        """Whether `merge` of the sums of two parts is the sum of the whole.

        Where it is not, the real side cannot be cached, sharded or sent.
        """

    @property
    def second_order(self) -> bool:
        """Whether its gradient in the batch differentiates the network twice, beyond what a compiled forward can."""

    @property
    def reads_layers(self) -> bool:
        """Whether it reads the activations of the layers, which a compiled network returns only when asked to."""

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """The signal of a batch under a network, (groups, ...), differentiable where the batch requires gradients."""

    def compared(self, sums: Sums) -> tuple[Tensor, ...]:
        """What distances compare, tensors (groups, ...), made of the sums of all parts."""
