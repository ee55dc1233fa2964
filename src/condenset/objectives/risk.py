"""Risk: train or solve on the set, measure the loss on real examples, differentiate through both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.learners.kernel_ridge import KernelRidgeRegression
from condenset.objectives.inner_loop import InnerLoop
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@runtime_checkable
class Solver(Protocol):
    """A frozen dataclass: how a model is found on the set, and how its loss on real examples is measured."""

    def loss(self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng) -> Float[Tensor, ""]:
        """Mean loss of the found model on a real batch, differentiable in the set."""


@dataclass(frozen=True)
class Risk:
    """The loss on real data of what the set teaches.

    Attributes:
        solver: how the set teaches.
        examples: real examples per step, drawn as the data are distributed.
    """

    solver: Solver
    examples: int

    def begin(self, task: Task, execution: Execution = HERE) -> RunningRisk:
        """Nothing is kept between steps."""
        return RunningRisk(self, task)


class RunningRisk:
    """The objective during one run."""

    def __init__(self, objective: Risk, task: Task) -> None:
        """Args: objective, its numbers; task, the data."""
        self._objective, self._task = objective, task

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """One term, "risk"."""
        real = self._task.train.draw(self._objective.examples, rng.child("real"))
        return {"risk": self._objective.solver.loss(synthetic, real, draw, self._task, rng)}


@dataclass(frozen=True)
class Unrolled:
    """Descend on the set from the drawn network (Wang et al., Dataset Distillation, arXiv 1811.10959).

    Attributes:
        inner: the descent.
    """

    inner: InnerLoop

    def loss(self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng) -> Float[Tensor, ""]:
        """The task's loss after the descent."""
        parameters = self.inner.train(draw.network, synthetic, task, rng)
        return task.mean_loss(draw.network(real.inputs, draw.network.unflatten(parameters)).logits, real)


@dataclass(frozen=True)
class KernelRidge:
    """Kernel ridge regression on the set (Nguyen et al., Dataset Meta-Learning from Kernel Ridge Regression, ICLR
    2021, arXiv 2011.00050); half the mean squared error against centred labels.

    Attributes:
        kernel: its name, with fields; None for the task's default.
        regulariser: times trace / items, on the diagonal.
    """

    kernel: str | None = None
    regulariser: float = 1e-6

    def loss(self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng) -> Float[Tensor, ""]:
        """Half the mean squared error over examples and outputs."""
        learner = KernelRidgeRegression(self.kernel, self.regulariser)
        predicted = learner.fit(synthetic.decode(), task, rng)(real.inputs)
        error = (predicted - task.target.centred(real.targets).to(predicted)).square().mean(1)
        weight = real.weight.to(predicted)
        return 0.5 * (error * weight).sum() / weight.sum()
