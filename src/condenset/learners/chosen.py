"""One of several strengths of a regulariser, chosen on the task's validation data."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.tasks.task import Task


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
