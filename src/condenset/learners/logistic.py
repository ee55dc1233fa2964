"""Logistic regression, or ridge regression for numbers."""

from __future__ import annotations

from typing import Any

from condenset.learners.estimators import of_estimator


def linear(kind: str, seed: int) -> Any:
    """The estimator of a kind, "classifier" or "regressor"."""
    from sklearn.linear_model import LogisticRegression, Ridge

    return LogisticRegression(max_iter=2000) if kind == "classifier" else Ridge()


LEARNER = of_estimator("logistic", linear)
