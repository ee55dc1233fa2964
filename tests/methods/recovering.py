"""A short recovery of the handwritten digits from a small teacher, graded under its own hard labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from condenset.distillation import distillation, finished, start_state
from condenset.evaluation.score import evaluate_set
from condenset.recipe import recipe_for
from tests.examples import digits
from tests.methods.learning import sixty_epochs

EXAM = sixty_epochs("convnet:width=16,depth=2")
NETWORK = "convnet:width=16,depth=2,norm=batch"
SHORT: Mapping[str, Any] = {
    "network": NETWORK,
    "steps": 150,
    "objective.statistics": 1.0,
    "optimisers.data.rate": 0.05,
}


def recovered(
    method: str, changes: Mapping[str, Any] | None = None, squeeze: str = "source.squeeze"
) -> tuple[float, float]:
    """Accuracies (fractions) that a set of five of a class teaches before its first step and after its last.

    Args: squeeze, where the recipe says how teachers are trained.
    """
    counts = torch.full((10,), 5)
    recipe = recipe_for(method, digits(), counts, {**SHORT, f"{squeeze}.batch": 32, **(changes or {})})
    state = start_state(digits(), recipe, counts, seed=0)
    begun = evaluate_set(state.synthetic, digits(), EXAM, repeats=2).average("distilled")
    for _ in distillation(state, seed=0):
        pass
    return begun, evaluate_set(finished(state, seed=0), digits(), EXAM, repeats=2).average("distilled")
