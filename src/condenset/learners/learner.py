"""What a learner is: something that is trained from scratch on a set and then predicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol, runtime_checkable

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.learners.training import Training
from condenset.tasks.task import Model, Task

__all__ = ["Learner", "Model"]


@runtime_checkable
class Learner(Protocol):
    """A frozen dataclass that holds the learner's numbers.

    A file ends in `LEARNER`, which makes one for an exam: `(given, training, execution) -> Learner`, given what follows
    its name in the exam ("kernel:ntk/depth=3"), None where nothing does. A name without a file is a network's.

    Attributes:
        most: examples that it can learn from; None: any number.
    """

    most: ClassVar[int | None]

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Train on a decoded batch; the model maps inputs (n, ...) to scores or values (n, outputs)."""


def without_fields(name: str, learner: Learner) -> Callable[[str | None, Training, Execution], Learner]:
    """What makes a learner for an exam that has no numbers to choose. It raises `RequestError` where some are given."""

    def of_exam(given: str | None, training: Training, execution: Execution) -> Learner:
        if given:
            raise RequestError(f"learner {name!r} takes no fields, got {given!r}")
        return learner

    return of_exam
