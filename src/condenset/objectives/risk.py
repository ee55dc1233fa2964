"""Risk: train or solve on the set, measure the loss on real examples, differentiate through both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.learners.kernel import KernelRidgeRegression
from condenset.nets.compiled import compiled
from condenset.objectives.inner_loop import InnerLoop
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@runtime_checkable
class Solver(Protocol):
    """A frozen dataclass: how a model is found on the set, and how its loss on real examples is measured.

    Attributes:
        second_order: whether it differentiates gradients of the network, which a compiled network does not allow.
    """

    second_order: ClassVar[bool]

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, ""]:
        """Mean loss of the found model on a real batch, inputs (n, ...), differentiable in the set."""


@runtime_checkable
class ReadsFeatures(Protocol):
    """A solver that reads real examples only through the drawn network, which the set does not change."""

    def features(self, real: Batch, draw: Draw) -> Batch:
        """Real examples with the network's features (n, width) as inputs, the form that its `loss` takes."""


@dataclass(frozen=True)
class Risk:
    """The loss on real data of what the set teaches.

    Attributes:
        solver: how the set teaches.
        examples: real examples per step, drawn as the data are distributed; where a network comes again and the
            solver reads features, so many per network.
        margin: whether labels are also pulled apart, see `label_margin`.
    """

    unlearnt: ClassVar[float] = 0.0

    solver: Solver
    examples: int
    margin: bool = False

    def judged(self, terms: Mapping[str, float]) -> float:
        """The loss on real data."""
        return terms["risk"]

    def begin(self, task: Task, execution: Execution = HERE) -> RunningRisk:
        """Start a run."""
        return RunningRisk(self, task, execution)


class RunningRisk:
    """The objective during one run."""

    def __init__(self, objective: Risk, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._task, self._execution = objective, task, execution

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """The term "risk", and "margin" where labels are pulled apart."""
        if not self._objective.solver.second_order:
            passes = self._objective.examples // draw.uses + 3 * len(synthetic.groups)
            draw = replace(draw, network=compiled(draw.network, self._task.input_spec, passes, self._execution))
        real = self._real_side(draw, rng)
        terms = {"risk": self._objective.solver.loss(synthetic, real, draw, self._task, rng, self._execution)}
        if self._objective.margin and self._task.target.simplex:
            terms["margin"] = label_margin(synthetic.decode().targets)
        return terms

    def _real_side(self, draw: Draw, rng: Rng) -> Batch:
        solver, kept = self._objective.solver, draw.real_sides
        if not isinstance(solver, ReadsFeatures):
            return self._drawn(rng)
        if kept is None:
            return solver.features(self._drawn(rng), draw)
        return kept.of(self, lambda own: solver.features(self._drawn(own), draw), rng)

    def _drawn(self, rng: Rng) -> Batch:
        return self._task.train.draw(self._objective.examples, rng.child("real"))


def label_margin(labels: Float[Tensor, "n classes"]) -> Float[Tensor, ""]:
    """The negative mean lead of the largest entry over the second, counted up to 1 / classes (FRePo).

    Labels have two entries at least: what is no class has no rival.
    """
    outputs = labels.shape[1]
    first, second = labels.topk(2).values.unbind(1)
    return -(first - second).clamp(max=1 / outputs).mean()


@dataclass(frozen=True)
class Unrolled:
    """Descend on the set from the drawn network (Wang et al., Dataset Distillation, arXiv 1811.10959).

    Attributes:
        inner: the descent.
    """

    second_order: ClassVar[bool] = True

    inner: InnerLoop

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, ""]:
        """The task's loss on inputs (n, ...) after the descent."""
        parameters = self.inner.train(draw.network, synthetic, task, rng, execution)
        network = compiled(draw.network, task.input_spec, 3 * len(real), execution)
        return task.mean_loss(network(real.inputs, network.unflatten(parameters)).logits, real)


@dataclass(frozen=True)
class KernelRidge:
    """Kernel ridge regression on the set (Nguyen et al., Dataset Meta-Learning from Kernel Ridge Regression, ICLR
    2021, arXiv 2011.00050); half the mean squared error against centred labels (n, outputs).

    Attributes:
        kernel: its name, with fields; None for the task's default.
        regulariser: times trace / items, on the diagonal; None for the task's default.
    """

    second_order: ClassVar[bool] = False

    kernel: str | None = None
    regulariser: float | None = None

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, ""]:
        """Half the mean squared error of predictions (n, outputs), over examples and outputs."""
        learner = KernelRidgeRegression(self.kernel, self.regulariser)
        predicted = learner.fit(synthetic.decode(), task, rng)(real.inputs)
        error = (predicted - task.target.centred(real.targets).to(predicted)).square().mean(1)
        weight = real.weight.to(predicted)
        return 0.5 * (error * weight).sum() / weight.sum()
