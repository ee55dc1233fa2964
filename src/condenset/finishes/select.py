"""Of the sets that a run passes through, the one from which kernel ridge regression predicts validation data best."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.kernel import KernelRidgeRegression
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Select:
    """The selection of SFGC (Zheng et al., NeurIPS 2023, arXiv 2306.02664), with which no network is trained: in closed
    form, under the kernel of the kind of data (SFGC: a graph kernel of its own, and a set judged at every step).

    Attributes:
        every: steps from one set that is judged to the next.
        kernel: its name, with fields; None for the task's default.
        regulariser: times trace / items, on the diagonal; None for the task's default.
    """

    every: int = 20
    kernel: str | None = None
    regulariser: float | None = None

    def __post_init__(self) -> None:
        """Raises `RequestError` where no set would be judged."""
        if self.every < 1:
            raise RequestError(f"every is {self.every}: expected 1, which judges the set of every step, or more")

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The set itself: a run gives this finish the one whose `loss` was least."""
        return synthetic

    def loss(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> float:
        """Half the squared error on the validation data. Raises `RequestError` where there are none."""
        if task.validation is None:
            raise RequestError(
                f"{task.name} has no validation data, to choose the set of a run on: leave the finish select out, or "
                "give the data a validation split"
            )
        with torch.no_grad():
            batch = synthetic.decode()
            model = KernelRidgeRegression(self.kernel, self.regulariser).fit(batch, task, rng)
            return float(task.squared_loss(model(task.validation.inputs), task.validation))


FINISH = Select()
