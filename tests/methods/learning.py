"""A short run of a method on small real data, beside random examples of the same size under the same exam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from condenset.distillation import distillation, finished, start_state
from condenset.evaluation.exam import Exam
from condenset.evaluation.score import evaluate_set
from condenset.recipe import recipe_for
from condenset.tasks.task import Task


def gain(
    method: str, task: Task, changes: Mapping[str, Any], per_class: int, exam: Exam, repeats: int = 3
) -> tuple[float, list[float]]:
    """Accuracy above that of random examples (fractions), and the objective at every step."""
    counts = torch.full((task.target.groups,), per_class)
    state = start_state(task, recipe_for(method, task, counts, changes), counts, seed=0)
    terms = [sum(step.terms.values()) for step in distillation(state, seed=0)]
    evaluation = evaluate_set(finished(state, seed=0), task, exam, baselines=("random",), repeats=repeats)
    return evaluation.average("distilled") - evaluation.average("random"), terms
