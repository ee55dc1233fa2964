"""G-VBSM on the handwritten digits: several networks in turn, and images that a network of another kind learns from."""

from __future__ import annotations

import pytest
import torch

from condenset.recipe import recipe_for
from tests.examples import digits
from tests.methods.recovering import recovered


def test_several_networks_and_statistics_of_convolutions() -> None:
    recipe = recipe_for("g-vbsm", digits(), torch.full((10,), 20), {})
    assert len(recipe.source.networks) == 3 and recipe.steps == 8000
    assert (recipe.objective.signal.convolutions, recipe.objective.signal.patches) == (True, 4)
    assert (recipe.objective.by_group, recipe.objective.thinness) == (0.0, 1.0)


@pytest.mark.slow
def test_noise_becomes_what_the_networks_know() -> None:
    begun, ended = recovered("g-vbsm")
    assert ended > begun + 0.2
