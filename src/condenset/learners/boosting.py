"""Gradient boosting of trees."""

from __future__ import annotations

from typing import Any

from condenset.learners.estimators import of_estimator


def boosting(kind: str, seed: int) -> Any:
    """The estimator of a kind, "classifier" or "regressor"."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    chosen = HistGradientBoostingClassifier if kind == "classifier" else HistGradientBoostingRegressor
    # The default of 20 rows per leaf makes it predict a constant on fewer than 40 rows.
    return chosen(max_iter=100, min_samples_leaf=2, early_stopping=False, random_state=seed)


LEARNER = of_estimator("boosting", boosting)
