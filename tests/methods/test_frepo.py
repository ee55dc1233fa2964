"""FRePo: small sets are mirrored where that makes sense."""

from __future__ import annotations

import numpy as np
import torch

from condenset.recipe import recipe_for
from condenset.tasks.image import images_from_arrays
from tests.examples import digits


def test_a_small_set_of_colour_images_is_mirrored() -> None:
    """Where the augmentation flips, which it does not for digits."""
    images, labels = np.random.default_rng(0).random((6, 8, 8, 3)), np.arange(6) % 3
    colour = images_from_arrays(images, labels, held_out=(images, labels))
    found = {
        (name, count): recipe_for("frepo", data, torch.full((len(data.groups),), count), {}).objective.solver.mirrored
        for name, data in (("colour", colour), ("digits", digits()))
        for count in (10, 500)
    }
    assert found == {("colour", 10): True, ("colour", 500): False, ("digits", 10): False, ("digits", 500): False}
