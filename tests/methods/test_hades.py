"""HaDES on the pole of Gymnasium: policies that are taught by two pairs earn more and more."""

from __future__ import annotations

import torch

from condenset.distillation import distillation, start_state
from condenset.recipe import recipe_for
from tests.tasks.control.example import task


def test_a_few_generations_raise_what_policies_earn() -> None:
    """Measured: 19 on average in the first four, 353 in the last."""
    data, counts = task(), torch.tensor([1, 1])
    changes = {"steps": 12, "objective.population": 16, "objective.episodes": 2, "objective.inner.steps": 15}
    how = recipe_for("hades", data, counts, {**changes, "objective.inner.rate": 0.04})
    earned = [-step.terms["return"] for step in distillation(start_state(data, how, counts, seed=0), seed=0)]
    assert sum(earned[-4:]) > 5 * sum(earned[:4])
