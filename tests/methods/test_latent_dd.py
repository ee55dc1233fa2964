"""Latent DD: what is learnt are numbers of the latent space, a sixth of the bytes of an image and fewer."""

from __future__ import annotations

import torch

from condenset.methods import dm
from condenset.recipe import price, recipe_for
from tests.examples import digits


def test_it_is_dm_with_another_representation() -> None:
    counts = torch.full((10,), 2)
    found, plain = recipe_for("latent-dd", digits(), counts, {}), dm.recipe(digits(), counts)
    assert found.codec == "latent" and found.objective == plain.objective and found.optimisers == plain.optimisers
    assert price(digits(), found) == (4 * 32 + 1, 0), "of its numbers and its label; the decoder counts apart"
