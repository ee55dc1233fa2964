"""RDED on the handwritten digits: crops that a network is sure of are above random images."""

from __future__ import annotations

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from tests.examples import digits
from tests.methods.learning import gain

EXAM = Exam("short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), ("convnet:width=16,depth=2",))
NETWORK = "convnet:width=16,depth=2,norm=batch"


def test_its_images_beat_random_ones() -> None:
    """Measured under hard labels, one per class."""
    changes = {"start.network": NETWORK, "start.source.squeeze.batch": 32, "start.smallest": 0.6}
    above, terms = gain("rded", digits(), changes, 1, EXAM)
    assert above > 0.05
    assert terms == [], "nothing is optimised"
