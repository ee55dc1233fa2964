"""A short run of a method on small real data, beside random examples of the same size under the same exam."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch

from condenset.distillation import distillation, finished, start_state
from condenset.evaluation.exam import Exam
from condenset.evaluation.score import evaluate_set
from condenset.learners.training import Training
from condenset.recipe import recipe_for
from condenset.tasks.task import Task
from tests.examples import digits


def sixty_epochs(network: str) -> Exam:
    return Exam("short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), networks=(network,))


def gain(
    method: str, task: Task, changes: Mapping[str, Any], per_class: int, exam: Exam, repeats: int = 3
) -> tuple[float, list[float]]:
    """Accuracy above that of random examples (fractions), and the objective at every step."""
    counts = torch.full((len(task.groups),), per_class)
    state = start_state(task, recipe_for(method, task, counts, changes), counts, seed=0)
    terms = [sum(step.terms.values()) for step in distillation(state, seed=0)]
    evaluation = evaluate_set(finished(state, seed=0), task, exam, baselines=("random",), repeats=repeats)
    return evaluation.average("distilled") - evaluation.average("random"), terms


def begun_and_ended(
    method: str, task: Task, changes: Mapping[str, Any], per_class: int, exam: Exam, repeats: int = 3
) -> tuple[float, float, list[float]]:
    """Accuracy on the training data of a set as it begins and as it ends (fractions), and the objective at every step.

    For data so few that their test examples tell little.
    """
    counts = torch.full((len(task.groups),), per_class)
    state = start_state(task, recipe_for(method, task, counts, changes), counts, seed=0)
    begun = finished(state, seed=0)
    terms = [sum(step.terms.values()) for step in distillation(state, seed=0)]
    known = replace(task, held_out=task.train.all)
    first, last = (
        evaluate_set(synthetic, known, exam, repeats=repeats).average("distilled")
        for synthetic in (begun, finished(state, seed=0))
    )
    return first, last, terms


def known_and_drawn(method: str, network: str, exam: Exam, steps: int = 60) -> tuple[float, float]:
    """Accuracy of the known network that a set of digits was made for, and of freshly drawn ones.

    The rates are those of a short run.
    """
    task, counts = digits(), torch.ones(10, dtype=torch.int64)
    quick = {"rates.initial": 0.05, "optimisers.rate.rate": 0.05, "optimisers.data.rate": 0.05}
    recipe = recipe_for(method, task, counts, {"network": network, "steps": steps, **quick})
    state = start_state(task, recipe, counts, seed=0)
    for _ in distillation(state, seed=0):
        pass
    assert state.synthetic.contract.initial == "known"
    known = evaluate_set(state.synthetic, task, exam).average("distilled")
    state.synthetic.contract = replace(state.synthetic.contract, initial="drawn")
    return known, evaluate_set(state.synthetic, task, exam).average("distilled")
