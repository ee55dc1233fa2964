"""The best factor of predictions against SciPy's minimiser."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from scipy.optimize import minimize_scalar

from condenset.kernels.calibration import best_scale
from tests.conftest import close
from tests.examples import normal


@pytest.mark.parametrize("size", [0.01, 1.0, 50.0])
def test_it_is_scipys_minimum(size: float) -> None:
    """Predictions of any size whose largest entry is often, but not always, right."""
    labels = torch.arange(40) % 4
    rows, weight = F.one_hot(labels, 4).double(), torch.rand(40, generator=torch.Generator().manual_seed(1)).double()
    predictions = size * (normal(40, 4).double() + rows)

    def loss(scale: float) -> float:
        return float((F.cross_entropy(scale * predictions, labels, reduction="none") * weight).sum())

    expected = minimize_scalar(loss, bounds=(0, 20 / size), method="bounded", options={"xatol": 1e-10}).x
    close(best_scale(predictions, rows, weight), torch.tensor(expected), 1e-5)


def test_it_stays_positive_and_finite_where_no_factor_is_best() -> None:
    rows = torch.eye(3)
    for predictions in (rows, -rows):
        found = best_scale(predictions, rows, torch.ones(3))
        assert torch.isfinite(found)
        assert found > 0


def test_it_is_a_constant() -> None:
    predictions = normal(5, 3).requires_grad_()
    assert not best_scale(predictions, F.one_hot(torch.arange(5) % 3, 3).float(), torch.ones(5)).requires_grad
