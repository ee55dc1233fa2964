"""Numbers and verdicts as people read them."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.core.metric import ACCURACY
from condenset.report.records import Run, read_run
from condenset.report.wording import bytes_text, certainty, count_text, ratio_text, score_text, seconds_text, verdict
from tests.report.conftest import ERROR, R2, card, evaluation, metrics, row, tensors, write_run


def plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (score_text(0.8294, ACCURACY), "82.9 %"),
        (score_text(0.8294, ACCURACY, unit=False), "82.9"),
        (score_text(-0.1234, R2), "−0.123"),
        (score_text(12.5, ERROR), "12.500"),
        (count_text(60000), "60 000"),
        (bytes_text(999), "999 B"),
        (bytes_text(314400), "314 kB"),
        (bytes_text(1500), "1.5 kB"),
        (bytes_text(999999), "1.0 MB"),
        (bytes_text(5e12), "5000 GB"),
        (seconds_text(0.0), "0 s"),
        (seconds_text(0.0123), "12 ms"),
        (seconds_text(3.14), "3.1 s"),
        (seconds_text(340.5), "5.7 min"),
        (seconds_text(7200.0), "2.0 h"),
        (ratio_text(600.2), "600×"),
        (ratio_text(7.123), "7.12×"),
    ],
)
def test_numbers(text: str, expected: str) -> None:
    assert plain(text) == expected


def run(tmp_path: Path, rows: list[dict[str, object]], **changes: object) -> Run:
    graded = evaluation() | {"rows": rows} | changes
    return read_run(write_run(tmp_path / "run", evaluations=[graded]))


def test_verdict_compares_with_random_at_the_same_bytes(tmp_path: Path) -> None:
    found = read_run(write_run(tmp_path / "run"))
    said = (
        "100 synthetic images stand in for 60 000: 82.9 % accuracy against 73.9 % for random images at the same bytes."
    )
    assert plain(verdict(found)) == said
    assert certainty(found) == "The two 95 % intervals do not overlap."


def test_verdict_without_an_evaluation_claims_nothing(tmp_path: Path) -> None:
    found = read_run(write_run(tmp_path / "run", evaluations=[]))
    assert "not known yet" in verdict(found) and certainty(found) == ""


def test_chosen_examples_are_not_called_synthetic(tmp_path: Path) -> None:
    chosen = read_run(
        write_run(tmp_path / "run", recipe={"method": "herding", "size": {"per_class": 1}}, tensors=tensors(10))
    )
    assert plain(verdict(chosen)).startswith("10 images stand in")


def test_a_number_is_judged_by_r2_and_the_best_baseline_where_random_is_missing(tmp_path: Path) -> None:
    rows = [row("distilled", [0.5, 0.52], 100, 1.0), row("herding", [0.3, 0.31], 100, 1.0)]
    rows += [row("k-means", [0.41, 0.4], 900, 1.0), row("full", [0.8, 0.8], 9000, 1.0)]
    task = card()["task"] | {"modality": "tabular", "groups": ["cheap", "dear"]}
    task["target"] = {"kind": "regression", "name": "price", "mean": 0.0, "std": 1.0, "width": 1}
    graded = evaluation() | {"rows": rows, "metrics": metrics(R2)}
    found = read_run(write_run(tmp_path / "run", evaluations=[graded], task=task, tensors=tensors(20)))
    assert (
        plain(verdict(found)) == "20 synthetic rows stand in for 60 000: 0.510 R² against 0.405 for k-means at 900 B."
    )


def test_an_error_is_judged_the_other_way_round(tmp_path: Path) -> None:
    rows = [row("distilled", [0.3, 0.31], 100, 1.0), row("herding", [0.5, 0.51], 100, 1.0)]
    rows += [row("k-means", [0.41, 0.4], 900, 1.0), row("full", [0.1, 0.1], 9000, 1.0)]
    found = run(tmp_path, rows, metrics=metrics(ERROR))
    assert "0.305 rmse against 0.405 for k-means" in plain(verdict(found))
    assert certainty(found) == "The two 95 % intervals do not overlap."


@pytest.mark.parametrize(
    ("own", "other", "said"),
    [
        ([0.7, 0.8, 0.9], [0.7, 0.8, 0.85], "overlap: this evaluation does not tell them apart"),
        ([0.50, 0.51, 0.50], [0.7, 0.71, 0.7], "worse than this baseline"),
        ([0.9], [0.7, 0.71], "One repeat tells no spread"),
    ],
)
def test_certainty_is_honest(tmp_path: Path, own: list[float], other: list[float], said: str) -> None:
    assert said in certainty(run(tmp_path, [row("distilled", own, 1, 1.0), row("random", other, 1, 1.0)]))


def test_certainty_counts_learners(tmp_path: Path) -> None:
    rows = [row("distilled", [0.8, 0.81], 1, 1.0), row("random", [0.5, 0.51], 1, 1.0)]
    rows += [row("distilled", [0.6, 0.9], 1, 1.0, "mlp"), row("random", [0.6, 0.9], 1, 1.0, "mlp")]
    assert "on 1 of 2 learners" in certainty(run(tmp_path, rows))
