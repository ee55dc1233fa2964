"""What a learner is: something that is trained from scratch on a set and then predicts."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from condenset.core.batch import Batch
from condenset.core.registries import LEARNERS as LEARNERS
from condenset.core.rng import Rng
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
