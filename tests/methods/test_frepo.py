"""FRePo on the handwritten digits, one per class: far above random examples by its own kind of network."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from condenset.recipe import recipe_for
from condenset.tasks.image import images_from_arrays
from tests.examples import digits
from tests.methods.learning import gain

NETWORK = "frepo-convnet:width=16,depth=2"
TRAINING = Training(epochs=200, optimiser="adam", rate=3e-3, weight_decay=0.0, schedule="cosine", loss="squared")
EXAM = Exam("short", 1, "200 epochs", TRAINING, networks=(NETWORK,))


@pytest.mark.slow
def test_a_short_run_beats_random_examples() -> None:
    """Measured: 0.83 against 0.58."""
    above, terms = gain("frepo", digits(), {"network": NETWORK, "steps": 300, "objective.examples": 200}, 1, EXAM)
    assert above > 0.15
    assert sum(terms[-10:]) < 0.6 * sum(terms[:10])


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
