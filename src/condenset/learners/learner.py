"""What a learner is: something that is trained from scratch on a set and then predicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Protocol, runtime_checkable

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.execution import Execution
from condenset.core.fields import split_name
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


def with_fields(name: str, kind: Callable[..., Learner]) -> Callable[[str | None, Training, Execution], Learner]:
    """What makes a learner of a kind for an exam, with the fields that follow its name there, "strength=5".

    It raises `RequestError` for a field that it lacks, and for a strength that is no positive number.
    """

    def of_exam(given: str | None, training: Training, execution: Execution) -> Learner:
        fields = split_name(f"{name}:{given or ''}")[1]
        strength = fields.get("strength")
        if strength is not None:
            if isinstance(strength, bool) or not isinstance(strength, int | float) or not strength > 0:
                raise RequestError(f"learner '{name}:{given}': the strength of a ridge is a number above 0")
            fields["strength"] = float(strength)
        try:
            return kind(**fields)
        except TypeError as error:
            raise RequestError(f"learner '{name}:{given}' cannot be built: {error}") from error

    return of_exam
