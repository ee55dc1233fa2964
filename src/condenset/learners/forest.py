"""A random forest."""

from __future__ import annotations

from typing import Any

from condenset.learners.estimators import of_estimator


def forest(kind: str, seed: int, trees: int = 200) -> Any:
    """The estimator of a kind, "classifier" or "regressor"."""
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

    chosen = RandomForestClassifier if kind == "classifier" else RandomForestRegressor
    return chosen(n_estimators=trees, random_state=seed)


LEARNER = of_estimator("forest", forest)
