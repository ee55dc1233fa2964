"""Vectors as a target: errors by scikit-learn, what is ranked by, and what a probe needs."""

from __future__ import annotations

import pytest
import torch
from sklearn.metrics import r2_score

from condenset.tasks.targets.vectors import Vectors
from tests.examples import normal

TARGET = Vectors("barlow-twins", 6, 2.5)


def test_grades_are_scikit_learns_over_all_numbers_and_in_the_encoders_unit() -> None:
    told, wanted = normal(20, 6), normal(20, 6, seed=1)
    grades = TARGET.grades(told, wanted)
    expected = r2_score(wanted.numpy(), told.numpy(), multioutput="variance_weighted")
    assert grades["r2"] == pytest.approx(expected, rel=1e-4)
    assert grades["rmse"] == pytest.approx(2.5 * (told - wanted).square().mean().sqrt().item(), rel=1e-4)
    torch.testing.assert_close(TARGET.loss(told, wanted), (told - wanted).square().sum(1) / 6)


def test_prediction_ranks_and_a_probe_is_one_of_the_metrics_where_there_are_classes() -> None:
    assert [metric.name for metric in TARGET.metrics] == ["r2", "rmse"]
    assert [metric.name for metric in Vectors("any", 6, 1.0, classes=3).metrics] == ["r2", "rmse", "probe"]
    assert TARGET.outputs == 6 and TARGET.offers == {"vectors"} and TARGET.hard_bytes == 24
