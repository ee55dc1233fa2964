"""The forest: seeds and kinds."""

from __future__ import annotations

import numpy as np
from sklearn.ensemble import RandomForestRegressor

from condenset.learners.forest import forest
from tests.examples import normal


def test_it_is_the_estimator_of_its_kind() -> None:
    """Repeatable under its seed, another one under another."""
    rows, labels = normal(60, 3).double().numpy(), (normal(60, 1)[:, 0] > 0).long().numpy()
    one, again, other = (forest("classifier", seed).fit(rows, labels).predict_proba(rows) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, again)
    assert (one != other).any()
    assert isinstance(forest("regressor", 0), RandomForestRegressor)
