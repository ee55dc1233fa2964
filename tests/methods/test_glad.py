"""GLaD: what is learnt are maps inside the decoder, which take more bytes than the image."""

from __future__ import annotations

import torch

from condenset.methods import dc
from condenset.recipe import price, recipe_for
from tests.examples import digits


def test_it_is_dc_with_maps_in_place_of_pixels() -> None:
    counts = torch.full((10,), 2)
    found, plain = recipe_for("glad", digits(), counts, {}), dc.recipe(digits(), counts)
    assert found.codec == "latent:layer=1" and found.objective == plain.objective
    assert price(digits(), found)[0] == 4 * 64 * 2 * 2 + 1 > price(digits(), plain)[0]
