"""Boosting learns from few rows."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor

from condenset.learners.boosting import boosting


def test_it_is_the_estimator_of_its_kind() -> None:
    """Six rows teach it something, which the library's default of twenty in a leaf would not allow."""
    rows, labels = np.arange(6.0)[:, None], np.array([0, 0, 0, 1, 1, 1])
    assert (boosting("classifier", 0).fit(rows, labels).predict(rows) == labels).all()
    assert isinstance(boosting("regressor", 0), HistGradientBoostingRegressor)
