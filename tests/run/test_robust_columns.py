"""The columns that tell what a score owes to labels and augmentation."""

from __future__ import annotations

import pytest

from condenset.core.errors import RequestError
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.robust_scores import (
    augmentation_robust_score,
    label_robust_score,
    refuse_taught,
    robust_columns,
    variants,
)
from tests.run.conftest import Cli


def row(name: str, mean: float) -> dict[str, object]:
    return {"name": name, "network": "convnet", "mean": mean}


def test_the_variants_change_labels_and_augmentation_alone() -> None:
    fair = named_exam("fair")
    own, augmented = variants(fair)
    assert (fair.labels, own.labels, augmented.labels) == ("hard", "own", "own")
    assert own.training == fair.training
    assert augmented.training.augment
    assert len({fair.hash, own.hash, augmented.hash}) == 3


def test_an_exam_with_a_teacher_has_no_labels_to_compare() -> None:
    refuse_taught(named_exam("fair"))
    with pytest.raises(RequestError, match=r"'rded2024' labels every row by a teacher.*--robust"):
        refuse_taught(named_exam("rded2024"))


@pytest.mark.parametrize("soft", [True, False])
def test_soft_labels_are_compared_with_random_examples_that_carry_them(soft: bool) -> None:
    same = [row("random-same-labels", 0.55)] if soft else []
    graded = {
        "fair-own-labels": [row("distilled", 0.8), row("random", 0.4), *same],
        "fair-augmented": [row("distilled", 0.9), row("random", 0.45), *same],
    }
    hard = [row("distilled", 0.7), row("random", 0.4)]

    def under(exam: Exam) -> list[dict[str, object]]:
        return graded[exam.name]

    distilled, random = robust_columns(hard, {"convnet": 0.95}, named_exam("fair"), under)
    expected = 0.55 if soft else 0.4
    assert distilled["lrs"] == label_robust_score(
        real_hard=0.95, synthetic_hard=0.7, synthetic_own=0.8, random_own=expected
    )
    assert distilled["ars"] == augmentation_robust_score(
        synthetic_augmented=0.9,
        random_augmented=0.55 if soft else 0.45,
        synthetic_plain=0.8,
        random_plain=expected,
    )
    assert (distilled["own_labels"], distilled["augmented"]) == (0.8, 0.9)
    assert random == hard[1]
    without = robust_columns(hard, {}, named_exam("fair"), under)
    assert "lrs" not in without[0]


def test_a_comparison_has_the_columns_when_asked(cli: Cli) -> None:
    words = "compare digits --methods random --per-class 1 --exam quick --networks convnet:width=4 --repeats 1"
    told = cli(*words.split(), "--robust", "--baselines", "random", "--format", "csv")
    assert told.code == 0, told.err
    heads, first, *_ = told.out.splitlines()
    cells = dict(zip(heads.split(","), first.split(","), strict=True))
    assert "lrs" not in cells  # the full data were not graded
    assert 0 < float(cells["ars"]) < 1
    assert 0 <= float(cells["augmented"]) <= 1
