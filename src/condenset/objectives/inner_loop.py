"""The inner loop that risk and trajectory matching share: training a network on the set, differentiably."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor
from torch.utils import _pytree

from condenset.core.batch import Batch, interleaved
from condenset.core.errors import RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.kernels.derivatives import Derivatives, Tensors
from condenset.kernels.descent import Descent, Rule
from condenset.kernels.unroll import unrolled
from condenset.learners.derivatives import PASSES, compiled_derivatives, derivatives
from condenset.nets.compiled import repays
from condenset.nets.network import Network
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class InnerLoop:
    """Gradient descent on the synthetic set.

    Attributes:
        steps: inner steps; with a window the most of them.
        batch: examples per step, drawn without replacement until the set is used up; None: the whole set.
        replayed: batches that are replayed in stored order instead, see `interleaved`; 0: drawn ones.
        rule: of the descent.
        augment: whether every step draws an augmentation per example.
        curvature: whether the gradient reaches back through each step's parameters; see `kernels.unroll`.
        rate: learning rate; None: what the set learns.
        window: differentiated steps, the last ones of a number of steps that is drawn evenly from window ... steps
            each time (Feng et al., Embarrassingly Simple Dataset Distillation, ICLR 2024, arXiv 2311.07025); None: all.
    """

    steps: int
    batch: int | None = None
    replayed: int = 0
    rule: Rule = field(default_factory=Descent)
    augment: bool = False
    curvature: bool = True
    rate: float | None = None
    window: int | None = None

    def __post_init__(self) -> None:
        """Raises `RequestError` for a window of no steps or of more than there are."""
        if self.window is not None and not 1 <= self.window <= self.steps:
            raise RequestError(f"a window of {self.window} of {self.steps} inner steps: give 1 ... {self.steps}")

    def train(
        self, network: Network, synthetic: SyntheticSet, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, " parameters"]:
        """Parameters after training from the network's own, differentiable in the set and its learnt rates.

        Raises `RequestError` where the set has no learnt rate, or neither one rate nor one for each step.
        """
        return self.descend(network, synthetic.decode(), synthetic.rates(), task, rng, execution)

    def descend(
        self,
        network: Network,
        batch: Batch,
        rates: Float[Tensor, " rates"] | None,
        task: Task,
        rng: Rng,
        execution: Execution = HERE,
    ) -> Float[Tensor, " parameters"]:
        """The same on any batch; compiled, in the precision of the execution, where that repays."""
        plan = self._plan(len(batch), rng)
        leaves, structure = _pytree.tree_flatten((batch.inputs, batch.targets))

        def batch_of(step: int, leaves: Tensors) -> Tensors:
            inputs, targets = _pytree.tree_unflatten(list(leaves), structure)
            part = Batch(inputs, targets, batch.groups, batch.weight).select(plan[step])
            if self.augment:
                record = task.augmentation.draw(len(plan[step]), rng.child("augment", step))
                part = part.map(lambda inputs: task.augmentation.apply(record, inputs))
            return tuple(_pytree.tree_leaves((part.inputs, part.targets, part.weight)))

        known = self._derivatives(network, batch, sum(map(len, plan)), task, execution)
        used = self._rates(rates, batch.weight)[: self._length(rng)]
        return unrolled(known, batch_of, network.flat(), used, leaves, self.rule, self.curvature, self.window)

    def _derivatives(
        self, network: Network, batch: Batch, examples: int, task: Task, execution: Execution
    ) -> Derivatives:
        """Args: examples, that all steps read."""
        if not network.buffers and repays(network.module, task.input_spec, PASSES * examples, execution):
            return compiled_derivatives(network.module, task.target, execution.half)
        return derivatives(network, task.target, batch)

    def _length(self, rng: Rng) -> int:
        if self.window is None:
            return self.steps
        return self.window + rng.child("length").integer() % (self.steps - self.window + 1)

    def _rates(self, learnt: Float[Tensor, " rates"] | None, like: Tensor) -> Float[Tensor, " steps"]:
        if self.rate is not None:
            return like.new_full((self.steps,), self.rate)
        if learnt is None:
            raise RequestError("the set has no learnt learning rate and the inner loop descends with it: set a rate")
        if len(learnt) not in (1, self.steps):
            raise RequestError(
                f"the set learns {len(learnt)} rates and the inner loop has {self.steps} steps: "
                f"set rates.steps to 1 or {self.steps}"
            )
        return learnt.expand(self.steps)

    def _plan(self, examples: int, rng: Rng) -> list[Tensor]:
        if self.replayed:
            parts = interleaved(examples, self.replayed)
            return [parts[step % len(parts)] for step in range(self.steps)]
        if self.batch is None or self.batch >= examples:
            return [torch.arange(examples)] * self.steps
        plan: list[Tensor] = []
        while len(plan) < self.steps:
            order = torch.randperm(examples, generator=rng.child("order", len(plan)).torch())
            plan.extend(order.split(self.batch))
        return plan[: self.steps]
