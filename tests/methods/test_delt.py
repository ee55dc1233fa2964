"""DELT on the handwritten digits: from typical images, of which some are optimised for longer than others."""

from __future__ import annotations

import pytest
import torch

from condenset.distillation import distillation, start_state
from condenset.recipe import recipe_for
from condenset.starts.typical import Typical
from tests.examples import digits
from tests.methods.recovering import NETWORK, SHORT

FEW = {
    "source.squeeze.epochs": 1,
    "start.source.squeeze.epochs": 1,
    "source.squeeze.examples": 100,
    "start.source.squeeze.examples": 100,
    "start.network": NETWORK,
    "steps": 8,
}


@pytest.mark.parametrize(("images", "rounds"), [(2, 2), (20, 8)])
def test_it_begins_at_the_median_and_has_rounds(images: int, rounds: int) -> None:
    recipe = recipe_for("delt", digits(), torch.full((10,), images), {})
    assert isinstance(recipe.start, Typical)
    assert (recipe.boosting.parts, recipe.boosting.slowed, recipe.steps) == (rounds, 1.0, 4000)
    assert recipe.objective == recipe_for("cda", digits(), torch.full((10,), images), {}).objective


def test_early_images_are_optimised_for_longer_than_late_ones() -> None:
    counts = torch.full((10,), 2)
    state = start_state(digits(), recipe_for("delt", digits(), counts, {**SHORT, **FEW}), counts, seed=0)
    begun = state.synthetic.decode().inputs.detach().clone()
    moved = []
    for _ in distillation(state, seed=0):
        apart = (state.synthetic.decode().inputs - begun).abs().flatten(1).amax(1)
        moved.append((apart > 0).view(10, 2).all(0).tolist())
    assert moved == [[True, False]] * 4 + [[True, True]] * 4
