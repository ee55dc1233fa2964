"""A batch: inputs and targets as pytrees of tensors, groups and weights, with examples along the leading dimension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core import structure
from condenset.core.structure import Tree

Inputs = Tree  # what networks read
Targets = Tree  # what losses read


@dataclass(frozen=True)
class Batch:
    """Examples, real or synthetic.

    Attributes:
        inputs: tensors (examples, ...) in any structure, or a container such as `Nodes`.
        targets: likewise, as the task's target reads them: (examples,) int64 class indices, (examples, outputs) float.
        groups: (examples,) int64, the group that each example is matched in (its class, or its target's bin).
        weight: (examples,) float; 0 marks what is present but is no example, such as an unlabelled node.
    """

    inputs: Inputs
    targets: Targets
    groups: Int[Tensor, " examples"]
    weight: Float[Tensor, " examples"]

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def nbytes(self) -> int:
        """Bytes of all its tensors."""
        return structure.nbytes((self.inputs, self.targets, self.groups, self.weight))

    def select(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The chosen examples. What is read together keeps all and weighs each by how often it was chosen."""
        if structure.joint(self.inputs):
            times = torch.bincount(index, minlength=len(self)).to(self.weight)
            return replace(self, weight=self.weight * times)
        inputs, targets = (structure.take(part, index) for part in (self.inputs, self.targets))
        return Batch(inputs, targets, self.groups[index], self.weight[index])

    def cut_out(self, index: Int[Tensor, " chosen"]) -> Batch:
        """The chosen examples as a batch of their own, each of weight 1; nodes keep the edges between them."""
        inputs, targets = (structure.take(part, index) for part in (self.inputs, self.targets))
        return Batch(inputs, targets, self.groups[index], torch.ones_like(self.weight[index]))

    def map(self, change: Callable[[Inputs], Inputs]) -> Batch:
        """The same examples with their inputs (examples, ...) changed."""
        return replace(self, inputs=change(self.inputs))

    def to(self, device: torch.device | str) -> Batch:
        """The same batch on a device."""
        return self._mapped(lambda tensor: tensor.to(device))

    def mean(self, values: Float[Tensor, " examples"]) -> Float[Tensor, ""]:
        """The mean of what examples have each, by their weights."""
        return (values * self.weight).sum() / self.weight.sum()

    def detach(self) -> Batch:
        """The same batch as constants."""
        return self._mapped(Tensor.detach)

    def parts(self, size: int) -> list[Batch]:
        """Consecutive parts of up to `size` examples; what is read together stays whole."""
        if structure.joint(self.inputs):
            return [self]
        return [self.select(index) for index in torch.arange(len(self)).split(size)]

    def examples(self) -> Int[Tensor, " chosen"]:
        """Indices of what counts as an example (weight above 0), of the shape (examples,)."""
        return self.weight.nonzero().flatten()

    def _mapped(self, change: Callable[[Tensor], Tensor]) -> Batch:
        fields = self.inputs, self.targets, self.groups, self.weight
        return Batch(*(structure.mapped(change, field) for field in fields))


def placed(device: torch.device | str, make: Callable[..., Batch], *given: Any) -> Batch:
    """What `make` makes of what is given, on a device; a `partial` of this can be sent to workers where `make` can."""
    return make(*given).to(device)


def interleaved(examples: int, parts: int) -> list[Int[Tensor, " chosen"]]:
    """Indices of so many parts of stored examples, part t with every parts-th one from t on.

    Where examples are sorted by class and each class has `parts` of them, a part holds one of every class.
    """
    return [torch.arange(start, examples, parts) for start in range(min(parts, examples))]


def concatenate(batches: Sequence[Batch]) -> Batch:
    """Batches one after another. Raises `RequestError` for what is read together."""
    fields = zip(*((b.inputs, b.targets, b.groups, b.weight) for b in batches), strict=True)
    return Batch(*(structure.concatenate(parts) for parts in fields))
