"""RTP on the digits, one per class: many images at the bytes of one, and above random examples of those bytes."""

from __future__ import annotations

import pytest
import torch

from condenset.core.fields import split_name
from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from condenset.recipe import METHODS, recipe_for
from tests.examples import digits, task_of
from tests.methods.learning import gain

NETWORK = "mlp:width=32,depth=1"
EXAM = Exam("short", 1, "60 epochs", Training(epochs=60, rate=0.02, drop_at=(0.7,)), networks=(NETWORK,))
CHANGES = {"network": NETWORK, "steps": 60, "objective.solver.inner.rate": 0.05}


@pytest.mark.slow
def test_a_short_run_beats_random_examples() -> None:
    """Measured: 0.17 above after 100 steps, with the risk from 1.51 down to 0.79."""
    above, terms = gain("addmem", digits(), CHANGES, 1, EXAM)
    assert above > 0.08
    assert sum(terms[-10:]) < 0.8 * sum(terms[:10])


@pytest.mark.parametrize(("per_class", "images"), [(1, 115), (10, 184)])
def test_bases_and_coefficients_fill_the_bytes_of_raw_images(per_class: int, images: int) -> None:
    """The paper's arithmetic for 32x32 colour images of ten classes: 115 images of a class at the bytes of one."""
    labels = torch.arange(10).repeat(2000)
    task = task_of(torch.zeros(len(labels), 3, 32, 32), labels, 10)
    counts = torch.full((10,), per_class)
    _, options = split_name(recipe_for("addmem", task, counts, {}).codec)
    assert options == {"count": 16, "shrink": 2, "images": images}
    numbers = 16 * 3 * 16 * 16 + 16 * images * int(counts.sum())
    whole = 3 * 32 * 32 * int(counts.sum())
    assert whole - 16 * int(counts.sum()) < numbers <= whole


def test_it_asks_for_no_more_images_than_there_are() -> None:
    task = digits()
    fewest = int(task.train.counts().min())
    _, options = split_name(METHODS.get("addmem").recipe(task, torch.full((10,), fewest // 2)).codec)
    assert options["images"] <= 2
