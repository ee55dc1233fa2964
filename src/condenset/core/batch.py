"""A batch: inputs as a pytree of tensors, targets, groups and weights, with examples along the leading dimension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.utils import _pytree

from condenset.core.graph import Graph

Inputs = Tensor | Graph  # what networks read; a new kind of input joins here


@dataclass(frozen=True)
class Batch:
    """Examples, real or synthetic.

    Attributes:
        inputs: a tensor (examples, ...) or a `Graph` whose nodes are the examples.
        targets: (examples,) int64 class indices, (examples, classes) float soft labels, or (examples, 1) float
            standardised regression values.
        groups: (examples,) int64, the group that each example is matched in (its class, or its target's bin).
        weight: (examples,) float; 0 marks what is present but is no example, such as an unlabelled node.
    """

    inputs: Inputs
    targets: Tensor
    groups: Int[Tensor, " examples"]
    weight: Float[Tensor, " examples"]

    def __len__(self) -> int:
        return self.targets.shape[0]

    @property
    def nbytes(self) -> int:
        """Bytes of all its tensors."""
        tensors = *_pytree.tree_leaves(self.inputs), self.targets, self.groups, self.weight
        return sum(t.nbytes for t in tensors)

    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The chosen examples. A graph keeps all its nodes and weighs each by how often it was chosen."""
        if isinstance(self.inputs, Graph):
            times = torch.bincount(index, minlength=len(self)).to(self.weight)
            return replace(self, weight=self.weight * times)
        return Batch(self.inputs[index], self.targets[index], self.groups[index], self.weight[index])

    def map(self, change: Callable[[Inputs], Inputs]) -> Batch:
        """The same examples with their inputs (examples, ...) changed."""
        return replace(self, inputs=change(self.inputs))

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on a device."""
        inputs = _pytree.tree_map(lambda t: t.to(device), self.inputs)
        return Batch(inputs, self.targets.to(device), self.groups.to(device), self.weight.to(device))

    def detach(self) -> Batch:
        """The same batch as constants."""
        inputs = _pytree.tree_map(lambda t: t.detach(), self.inputs)
        return Batch(inputs, self.targets.detach(), self.groups, self.weight.detach())

    def parts(self, size: int) -> list[Batch]:
        """Consecutive parts of up to `size` examples; a graph stays whole."""
        if isinstance(self.inputs, Graph):
            return [self]
        return [self.select(index) for index in torch.arange(len(self)).split(size)]

    def examples(self) -> Int[Tensor, " chosen"]:
        """Indices of what counts as an example (weight above 0)."""
        return self.weight.nonzero().flatten()


def placed(device: torch.device | str, make: Callable[..., Batch], *given: Any) -> Batch:
    """What `make` makes of what is given, on a device; a `partial` of this can be sent to workers where `make` can."""
    return make(*given).to(device)


def interleaved(examples: int, parts: int) -> list[Int[Tensor, " chosen"]]:
    """Indices of so many parts of stored examples, part t with every parts-th one from t on.

    Where examples are sorted by class and each class has `parts` of them, a part holds one of every class.
    """
    return [torch.arange(start, examples, parts) for start in range(min(parts, examples))]


def concatenate(batches: Sequence[Batch]) -> Batch:
    """Batches of tensors (examples, ...) one after another (graphs do not concatenate)."""
    inputs = torch.cat([b.inputs for b in batches])  # type: ignore[misc]
    fields = zip(*((b.targets, b.groups, b.weight) for b in batches), strict=True)
    return Batch(inputs, *(torch.cat(parts) for parts in fields))
