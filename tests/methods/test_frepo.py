"""FRePo on the handwritten digits, one per class: far above random examples by its own kind of network."""

from __future__ import annotations

import pytest
import torch

from condenset.evaluation.exam import Exam
from condenset.learners.sgd import Training
from condenset.recipe import recipe_for
from tests.conformance.examples import task
from tests.examples import digits
from tests.methods.learning import gain

NETWORK = "frepo-convnet:width=16,depth=2"
TRAINING = Training(epochs=200, optimiser="adam", rate=3e-3, weight_decay=0.0, schedule="cosine", loss="squared")
EXAM = Exam("short", 1, "200 epochs", TRAINING, networks=(NETWORK,))


@pytest.mark.slow
def test_a_short_run_beats_random_examples() -> None:
    above, terms = gain("frepo", digits(), {"network": NETWORK, "steps": 300, "objective.examples": 200}, 1, EXAM)
    assert above > 0.15
    assert sum(terms[-10:]) < 0.6 * sum(terms[:10])


def test_colour_images_are_mirrored_unless_they_are_many_or_show_digits() -> None:
    assert not recipe_for("frepo", task("image"), torch.full((3,), 1), {}).objective.solver.mirrored
