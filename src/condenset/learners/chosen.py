"""One of several strengths of a regulariser, chosen on the task's validation data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from condenset.core.errors import RequestError
from condenset.core.fields import split_name
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.tasks.task import Task

Made = TypeVar("Made")


def best_of(
    strengths: Sequence[float], otherwise: float, fit: Callable[[float], Model], task: Task, rng: Rng
) -> tuple[float, Model]:
    """The strength whose model (n, ...) -> (n, outputs) validates best, the first of equal ones, and that model.

    Args: otherwise, the strength to take where the task has no validation data.
    """
    if task.validation is None or len(strengths) == 1:
        only = strengths[0] if len(strengths) == 1 else otherwise
        return only, fit(only)
    metric, found = task.target.metrics[0], []
    for strength in strengths:
        model = fit(strength)
        found.append((task.validate(model, rng.child("validation")), strength, model))
    best = metric.best(value for value, _, _ in found)
    return next((strength, model) for value, strength, model in found if value == best)


def made(kind: Callable[..., Made], name: str, given: str | None) -> Made:
    """The learner of a kind with the fields that follow its name in an exam, "strength=5".

    Raises `RequestError` for a field that it lacks, and for a strength that is no positive number.
    """
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
