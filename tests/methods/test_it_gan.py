"""IT-GAN: what is learnt are numbers that a GAN draws images of, and the card names it."""

from __future__ import annotations

import torch

from condenset.assets.image_gans import ImageGanStore
from condenset.methods import dm
from condenset.recipe import price, recipe_for, stores
from tests.examples import digits


def test_it_is_dm_in_what_a_gan_can_draw() -> None:
    counts = torch.full((10,), 2)
    found, plain = recipe_for("it-gan", digits(), counts, {}), dm.recipe(digits(), counts)
    assert found.codec == "latent:prior=gan,fit=300" and found.objective == plain.objective
    assert price(digits(), found) == (4 * 32 + 1, 0)
    (store,) = stores(found, digits())
    assert isinstance(store, ImageGanStore) and store.how.latent == 32
