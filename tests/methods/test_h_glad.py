"""H-GLaD: GLaD whose numbers are learnt from the latent space on, and stored as those of the last layer alone."""

from __future__ import annotations

import torch

from condenset.methods import glad
from condenset.recipe import price, recipe_for
from tests.examples import digits


def test_it_is_glad_from_the_latent_space_on() -> None:
    counts = torch.full((10,), 2)
    found, plain = recipe_for("h-glad", digits(), counts, {}), glad.recipe(digits(), counts)
    assert found.codec == "latent:layer=2,first=0" and (found.objective, found.start) == (plain.objective, plain.start)
    assert price(digits(), found) == price(digits(), plain), "what is learnt on the way is not stored"
