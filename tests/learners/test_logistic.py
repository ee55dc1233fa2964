"""The linear estimator against scikit-learn."""

from __future__ import annotations

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from condenset.learners.logistic import linear
from tests.examples import normal


def test_it_is_the_estimator_of_its_kind() -> None:
    """The estimator of the kind asked for, fitted as scikit-learn fits it."""
    rows, labels = normal(40, 3).double().numpy(), (normal(40, 1)[:, 0] > 0).long().numpy()
    ours, own = linear("classifier", 0).fit(rows, labels), LogisticRegression(max_iter=2000).fit(rows, labels)
    np.testing.assert_allclose(ours.coef_, own.coef_)
    assert isinstance(linear("regressor", 0), Ridge)
