"""DC on the handwritten digits, one per class: well above random examples by a small perceptron."""

from __future__ import annotations

import torch

from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from condenset.recipe import recipe_for
from condenset.sources.online import Online
from tests.conftest import golden
from tests.examples import digits
from tests.methods.learning import gain

NETWORK = "mlp:width=64,depth=1"


def test_golden_loops() -> None:
    """The released table of outer and inner loops by images per class."""
    arrays = golden("images/dc_loops")
    for per_class, outer, inner in zip(*(arrays[k].tolist() for k in ("ipc", "outer_loop", "inner_loop")), strict=True):
        source = recipe_for("dc", digits(), torch.full((10,), per_class), {}).source
        assert isinstance(source, Online)
        assert (source.outer, source.inner) == (outer, inner), f"at {per_class} images per class"


def test_a_short_run_beats_random_examples() -> None:
    """Measured: 0.28 above."""
    exam = Exam("short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), networks=(NETWORK,))
    above, terms = gain("dc", digits(), {"network": NETWORK, "steps": 60, "objective.per_group": 64}, 1, exam)
    assert above > 0.1
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])
