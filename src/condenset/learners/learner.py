"""What a learner is: something that is trained from scratch on a set and then predicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.rng import Rng
from condenset.tasks.task import Task

Model = Callable[[Inputs], Float[Tensor, "n outputs"]]


@runtime_checkable
class Learner(Protocol):
    """A frozen dataclass that holds the learner's numbers."""

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """Train on a decoded batch; the model maps inputs (n, ...) to scores or values (n, outputs)."""
