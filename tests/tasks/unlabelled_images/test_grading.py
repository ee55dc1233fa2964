"""Pre-trained networks where there are labels: the probe sees what the model says of test images, and nothing else."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.targets.vectors import Vectors
from condenset.tasks.unlabelled_images.grading import by_probe
from tests.examples import normal

LABELS = torch.arange(60) % 3
WANTED = normal(60, 4) + 5 * torch.nn.functional.one_hot(LABELS, 4)
BATCH = Batch(normal(60, 1, 2, 2), WANTED, LABELS, torch.ones(60))


def test_predictions_are_graded_and_what_they_tell_of_classes() -> None:
    target = Vectors("any", 4, 1.0, classes=3)
    perfect = by_probe(lambda inputs: WANTED, BATCH, target, Rng(0))
    assert perfect.grades == pytest.approx({"r2": 1.0, "rmse": 0.0, "probe": 1.0})
    mean = by_probe(lambda inputs: WANTED.mean(0).expand(60, 4), BATCH, target, Rng(0)).grades
    assert mean["r2"] == pytest.approx(0, abs=1e-5) and mean["probe"] < 0.5
    assert len(perfect.without_each_part()) > 1


def test_a_grade_of_a_part_is_of_the_same_probe() -> None:
    def half(inputs: Tensor) -> Tensor:
        return torch.where(torch.arange(60)[:, None] < 30, WANTED, 0.0)

    outcome = by_probe(half, BATCH, Vectors("any", 4, 1.0, classes=3), Rng(0))
    first, second = (outcome.of(torch.arange(*ends))["probe"] for ends in ((0, 30), (30, 60)))
    assert first > 0.9 > 0.7 > second
    assert outcome.grades["probe"] == pytest.approx((first + second) / 2)
