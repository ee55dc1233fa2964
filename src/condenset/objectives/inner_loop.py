"""The inner loop that risk and trajectory matching share: training a network on the set, differentiably."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor
from torch.utils import _pytree

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.unroll import unrolled_sgd
from condenset.nets.network import Network
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class InnerLoop:
    """Gradient descent on the synthetic set.

    Attributes:
        steps: inner steps.
        batch: examples per step, drawn without replacement until the set is used up; None: the whole set.
        momentum: of the descent.
        augment: whether every step draws an augmentation per example.
    """

    steps: int
    batch: int | None = None
    momentum: float = 0.0
    augment: bool = False

    def train(self, network: Network, synthetic: SyntheticSet, task: Task, rng: Rng) -> Float[Tensor, " parameters"]:
        """Parameters after training from the network's own, differentiable in the set and its learnt rates.

        Raises `RequestError` where the set has no learnt rate, or neither one rate nor one for each step.
        """
        batch = synthetic.decode()
        tensors, structure = _pytree.tree_flatten(batch.inputs)
        plan = self._plan(len(batch), rng)

        def loss(parameters: Tensor, step: int, leaves: tuple[Tensor, ...]) -> Tensor:
            inputs = _pytree.tree_unflatten(list(leaves[:-1]), structure)
            part = Batch(inputs, leaves[-1], batch.groups, batch.weight).select(plan[step])
            if self.augment:
                record = task.augmentation.draw(len(plan[step]), rng.child("augment", step))
                part = part.map(lambda images: task.augmentation.apply(record, images))
            logits = network(part.inputs, network.unflatten(parameters)).logits
            return task.mean_loss(logits, part)

        rates = self._rates(synthetic.rates())
        return unrolled_sgd(loss, network.flat(), rates, (*tensors, batch.targets), self.momentum)

    def _rates(self, learnt: Float[Tensor, " rates"] | None) -> Float[Tensor, " steps"]:
        if learnt is None:
            raise RequestError("the set has no learnt learning rate and the inner loop descends with it: set rates")
        if len(learnt) not in (1, self.steps):
            raise RequestError(
                f"the set learns {len(learnt)} rates and the inner loop has {self.steps} steps: "
                f"set rates.steps to 1 or {self.steps}"
            )
        return learnt.expand(self.steps)

    def _plan(self, examples: int, rng: Rng) -> list[Tensor]:
        if self.batch is None or self.batch >= examples:
            return [torch.arange(examples)] * self.steps
        plan: list[Tensor] = []
        while len(plan) < self.steps:
            order = torch.randperm(examples, generator=rng.child("order", len(plan)).torch())
            plan.extend(order.split(self.batch))
        return plan[: self.steps]
