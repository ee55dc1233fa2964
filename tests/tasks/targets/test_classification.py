"""Classes: by what sets are ranked."""

from __future__ import annotations

import pytest

from condenset.tasks.targets.classification import Classification


@pytest.mark.parametrize(
    ("classes", "majority", "ranks"),
    [
        (2, 0.55, "accuracy"),
        (2, 0.595, "balanced accuracy"),  # horse-colic
        (3, 0.34, "accuracy"),
        (10, 0.1135, "accuracy"),  # MNIST
        (10, 0.25, "balanced accuracy"),
        (2, 0.0, "accuracy"),
    ],
)
def test_balanced_accuracy_ranks_where_a_guess_goes_a_tenth_of_the_way(
    classes: int, majority: float, ranks: str
) -> None:
    target = Classification(tuple(map(str, range(classes))), majority=majority)
    assert target.metrics[0].name == ranks
    assert {metric.name for metric in target.metrics} == {"accuracy", "balanced accuracy", "auroc"}
