"""The synthetic set: a codec, labels, perhaps a learnt learning rate, and the contract for training on it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.utils.data import Dataset

from condenset.codecs.codec import Codec
from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.structure import joint, mapped
from condenset.labels.label import Labels


@dataclass(frozen=True)
class Budget:
    """Size of a set in bytes, as stored: data, labels (soft ones cost), extras (learnt rate, decoder)."""

    data: int
    labels: int
    extras: int

    @property
    def total(self) -> int:
        """All three."""
        return self.data + self.labels + self.extras


@dataclass(frozen=True)
class Contract:
    """What a learner must do with the set; without it a set loses many points.

    Attributes:
        exam: the exam of the method's paper.
        batches: "shuffled", or "fixed" where items must be replayed in stored order, see `interleaved`: as many
            batches in a pass as there are learnt rates for it.
        epochs: passes over the set where the method fixes them, else None.
        initial: "drawn", or "known" where training must start from the one network that the set is made for.
        notes: further conditions, name -> value.
    """

    exam: str
    batches: str = "shuffled"
    epochs: int | None = None
    initial: str = "drawn"
    notes: Mapping[str, Any] = field(default_factory=dict)


class SyntheticSet(nn.Module):
    """A distilled set.

    Attributes:
        codec: what is stored and how it decodes.
        labels: what supervises.
        groups: (items,) int64, the group that each item was budgeted for.
        log_rates: log of the learnt learning rate per inner step, (steps,) or (1,); None when not learnt.
        contract: how to train on it.
    """

    groups: Tensor

    def __init__(
        self,
        codec: Codec,
        labels: Labels,
        groups: Int[Tensor, " items"],
        contract: Contract,
        rates: Float[Tensor, " steps"] | None = None,
    ) -> None:
        """Args: rates, learning rates to begin learning from, (1,) shared or (steps,) per step; None: not learnt."""
        super().__init__()
        self.codec = cast(Any, codec)
        self.labels = cast(Any, labels)
        self.register_buffer("groups", groups)
        self.contract = contract
        self.log_rates = None if rates is None else nn.Parameter(rates.detach().clone().float().log())
        self._items: Tensor | None = None

    def decode(self, index: Int[Tensor, " chosen"] | None = None) -> Batch:
        """Decoded examples, inputs (decoded, ...) with their items' targets, differentiable in what is stored.

        Args: index, which of the decoded examples; None: all. Of what is read together (the nodes of a graph) all are
            decoded, and the weight of those that were not chosen is 0.
        """
        origin = self.codec.origin()
        if self._items is not None:
            there = self._items[origin].nonzero().flatten()
            index = there if index is None else there[index]
        if index is None or getattr(self.codec, "joint", False):
            batch = self._batch(None, origin)
            return batch if index is None else batch.select(index)
        return self._batch(index, origin[index])

    def _batch(self, index: Tensor | None, origin: Int[Tensor, " decoded"]) -> Batch:
        inputs, labels = self.codec() if index is None else self.codec(index), self.labels()
        targets = self.codec.targets(index) if labels is None else labels[origin]
        return Batch(inputs, targets, self.groups[origin], torch.ones(len(origin), device=origin.device))

    def only(self, items: Bool[Tensor, " items"]) -> SyntheticSet:
        """The same set, with all its tensors shared, of which only the marked items are decoded."""
        part = copy.copy(self)
        part._items = items
        return part

    def rates(self) -> Float[Tensor, " steps"] | None:
        """The learnt learning rates, (steps,) or (1,) float32, always positive; None when not learnt."""
        return None if self.log_rates is None else self.log_rates.exp()

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Learnable tensors by the name that a recipe's optimisers use: data, ..., labels, rate."""
        groups = dict(self.codec.parameter_groups())
        groups["labels"] = list(self.labels.parameters())
        groups["rate"] = [] if self.log_rates is None else [self.log_rates]
        return {name: parameters for name, parameters in groups.items() if parameters}

    def nbytes(self) -> Budget:
        """Bytes of what is stored."""
        data, labels = (
            sum(t.numel() * t.element_size() for t in part.state_dict().values()) for part in (self.codec, self.labels)
        )
        return Budget(data, labels, extras=0 if self.log_rates is None else self.log_rates.numel() * 4)

    def as_dataset(self) -> Dataset[tuple[Any, Any]]:
        """A `torch.utils.data.Dataset` of (input, target) pairs for your own training loop.

        Raises `RequestError` for a graph, whose nodes have no meaning one by one: use `decode()`.
        """
        batch = self.decode().detach()
        if joint(batch.inputs):
            raise RequestError("a graph is one example with many nodes: use decode(), which returns all of them")
        return Examples(batch)


class Examples(Dataset[tuple[Any, Any]]):
    """(input, target) pairs of a batch of examples that are read one by one."""

    def __init__(self, batch: Batch) -> None:
        """Args: batch, whose tensors are (examples, ...)."""
        self._batch = batch

    def __len__(self) -> int:
        return len(self._batch)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        if not -len(self) <= index < len(self):
            raise IndexError(f"example {index} of {len(self)}")
        return mapped(lambda tensor: tensor[index], (self._batch.inputs, self._batch.targets))


def stages_of(groups: Int[Tensor, " items"], stages: int) -> Int[Tensor, " items"]:
    """The part, from 0, that each item belongs to where every group is cut into `stages` parts of about one size."""
    same = groups[:, None] == groups[None, :]
    rank = same.tril(-1).sum(1)
    return rank * stages // same.sum(1)
