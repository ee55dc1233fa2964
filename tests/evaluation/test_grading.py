"""Recorded evaluations: read back as they were, and refused where they cannot be true."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from condenset.core.errors import ArtifactError
from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.binding import Binding
from condenset.evaluation.evaluation import Evaluation
from condenset.evaluation.exam import named_exam
from condenset.evaluation.grading import grading_of
from condenset.evaluation.rows import Row

AUROC = Metric("auroc", bounds=(0.0, 1.0))
METRICS = (ACCURACY, AUROC)
PARTS = {"accuracy": (0.7, 0.72), "auroc": (0.8, 0.82)}
ROWS = (
    Row("distilled", "mlp", (0.71, 0.75), 10, 0.5, {"auroc": (0.8, 0.9)}, without=PARTS, units=100),
    Row("random", "mlp", (0.51, 0.45), 10, 0.5, {"auroc": (0.6, 0.7)}, without=PARTS, units=100),
    Row("majority class", "any", (0.5,), 0, 0.0, {"auroc": (0.5,)}),
)
BINDING = Binding(("ab" * 32,), "cd" * 32, "ef" * 16)
EVALUATION = Evaluation(named_exam("quick"), METRICS, ROWS, duplicates=3, bound_to=BINDING)


def changed(place: str, value: Any) -> dict[str, Any]:
    """The record with another value at a dotted place."""
    record = EVALUATION.record()
    *above, last = place.split(".")
    held: Any = record
    for key in above:
        held = held[int(key)] if isinstance(held, list) else held[key]
    held[int(last) if isinstance(held, list) else last] = value
    return record


def test_an_evaluation_is_read_back_as_it_was() -> None:
    found = grading_of(EVALUATION.record(), METRICS, "here")
    assert found.rows == tuple(replace(row, without=row.without or dict.fromkeys(PARTS, ())) for row in ROWS)
    assert (found.metrics, found.bound_to, found.verdict) == (METRICS, BINDING, EVALUATION.verdict)
    assert (found.exam, found.exam_hash, found.duplicates) == ("quick", EVALUATION.exam.hash, 3)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        ("rows.0.scores.0", 99.9, r"scores 99\.9 of accuracy, whose bounds are \(0\.0, 1\.0\)"),
        ("rows.0.metrics.auroc.scores.1", -0.5, r"scores -0\.5 of auroc"),
        ("rows.0.mean", 0.999, r"says mean 0\.999, its scores give 0\.73"),
        ("rows.0.scores.0", 0.99, r"says mean 0\.73, its scores give 0\.87"),
        ("rows.0.std", 0.0, "says std 0.0"),
        ("rows.0.ci95.0", 0.729, "says ci95"),
        ("rows.0.metrics.accuracy.mean", 0.9, "says accuracy mean 0.9"),
        ("rows.0.metrics.auroc.ci95", [0.84, 0.86], "says auroc ci95"),
        ("rows.0.metrics.auroc.scores", [], "says auroc mean 0.85.*give None"),
        ("rows.0.metrics.f1", {"mean": 1.0, "std": 0.0, "ci95": [1, 1]}, "says f1 mean 1.0"),
        ("rows.0.repeats", 5, "2 scores, not one for 5 learners of 1 sets"),
        ("rows.0.scores", [], "has no scores"),
        ("rows.0.bytes", -1, "below 0"),
        ("rows.0.bytes", "10", "'10' is no int"),
        ("rows.0.scores", [True, True], "True is no float"),
        ("rows.0.best", True, "extra fields"),
        ("verdict.gap", 0.9, "its verdict is .*'gap': 0.9"),
        ("verdict.worth_it", True, "its verdict is .*'worth_it': True"),
        ("verdict", None, "its verdict is None"),
        ("metrics.0.higher_is_better", False, "metric 'accuracy' is not as the target has it"),
        ("metrics", [], "a metric at least"),
        ("schema", "condenset.evaluate/3", "a newer one wrote it"),
        ("bound_to.sets", "all", "'all' is no list"),
        ("bound_to.by", "me", "extra fields"),
    ],
)
def test_what_cannot_be_true_is_refused(place: str, value: Any, said: str) -> None:
    with pytest.raises(ArtifactError, match=said):
        grading_of(changed(place, value), METRICS, "here")


def test_of_an_older_version_intervals_are_computed_and_what_has_no_raw_scores_is_left_out() -> None:
    record = changed("rows.0.ci95", [0.72, 0.74]) | {"bound_to": None, "verdict": {"rival": "k-means"}}
    record["rows"][0]["metrics"]["auroc"] = {"mean": 0.85, "std": 0.05, "ci95": [0.8, 0.9]}
    found = grading_of(record, METRICS, "here")
    own, random, _ = found.rows
    assert found.bound_to is None and found.verdict == EVALUATION.verdict
    assert own.measured(ACCURACY, first=True) == ROWS[0].measured(ACCURACY, first=True)
    assert (own.measured(AUROC), random.measured(AUROC)) == (None, ROWS[1].measured(AUROC))
    record["rows"][0]["mean"] = 0.999
    with pytest.raises(ArtifactError, match=r"its scores give 0\.73"):
        grading_of(record, METRICS, "here")


def test_other_test_data_make_another_table() -> None:
    other = replace(EVALUATION, bound_to=replace(BINDING, held_out="00" * 16))
    keys = {grading_of(one.record(), METRICS, "here").key for one in (EVALUATION, other)}
    assert len(keys) == 2
