"""LD3M: what is learnt are points that a diffusion model denoises, and the card names it."""

from __future__ import annotations

import torch

from condenset.assets.latent_diffusion import LatentDiffusionStore
from condenset.methods import dm
from condenset.recipe import price, recipe_for, stores
from tests.examples import digits


def test_it_is_dm_in_what_a_diffusion_model_makes_of_points() -> None:
    counts = torch.full((10,), 2)
    found, plain = recipe_for("ld3m", digits(), counts, {}), dm.recipe(digits(), counts)
    assert found.codec == "denoised" and found.objective == plain.objective
    assert price(digits(), found) == (4 * 64 + 1, 0)
    _, store = stores(found, digits())
    assert isinstance(store, LatentDiffusionStore) and store.how.autoencoder.latent == 32
