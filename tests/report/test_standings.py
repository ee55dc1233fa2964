"""Standings: which scores stand beside each other, and what the mean over learners is of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.rows import Measured
from condenset.report.records import read_run
from condenset.report.standings import Standings, standings_across, standings_of
from tests.report.conftest import evaluation, metrics, row, write_run

MCC = Metric("mcc", unit="score")
F1 = Metric("f1", bounds=(0.0, 1.0))


def graded(*rows: dict[str, Any], exam: str = "quick") -> dict[str, Any]:
    return evaluation() | {
        "exam": exam,
        "exam_hash": exam,
        "metrics": metrics(ACCURACY, F1, MCC),
        "rows": list(rows),
    }


def alone(folder: Path, *rows: dict[str, Any]) -> Standings:
    run = read_run(write_run(folder / "run", evaluations=[graded(*rows)]))
    return standings_of(run, run.gradings[0])


def across(folder: Path, *evaluations: dict[str, Any]) -> tuple[Standings, ...]:
    runs = [read_run(write_run(folder / f"r{n}", evaluations=[e])) for n, e in enumerate(evaluations)]
    return standings_across([(f"run-{n}", run) for n, run in enumerate(runs)])


def names(standings: Standings) -> list[str]:
    return [entrant.name for entrant in standings.ranked(ACCURACY)]


def test_the_mean_over_learners_has_the_mean_of_their_intervals(tmp_path: Path) -> None:
    standings = alone(tmp_path, row("distilled", [0.6, 0.8], 9, 1.0), row("distilled", [0.5, 0.5], 9, 3.0, "mlp"))
    (own,) = standings.entrants
    low, high = row("distilled", [0.6, 0.8], 9, 1.0)["ci95"]
    mean = standings.mean(own, ACCURACY)
    assert mean is not None
    assert (mean.mean, mean.values) == (pytest.approx(0.6), (pytest.approx(0.7), 0.5))
    assert mean.ci95 == pytest.approx(((low + 0.5) / 2, (high + 0.5) / 2))
    assert own.train_s == 2.0


def test_one_learner_is_its_own_mean_with_its_single_scores(tmp_path: Path) -> None:
    standings = alone(tmp_path, row("distilled", [0.6, 0.8], 9, 1.0))
    mean = standings.mean(standings.entrants[0], ACCURACY)
    assert mean is not None and mean.values == (0.6, 0.8)


def test_what_a_learner_is_missing_of_has_no_mean_and_comes_last(tmp_path: Path) -> None:
    rows = [row("full", [0.99], 900, 1.0), row("random", [0.2], 9, 1.0), row("random", [0.3], 9, 1.0, "mlp")]
    rows += [row("distilled", [0.6], 9, 1.0), row("distilled", [0.5], 9, 1.0, "mlp")]
    standings = alone(tmp_path, *rows)
    assert names(standings) == ["distilled", "random", "full"]
    assert standings.mean(standings.ranked(ACCURACY)[-1], ACCURACY) is None
    assert standings.learners == standings.shared == ("convnet", "mlp")


def test_a_guess_stands_for_every_learner(tmp_path: Path) -> None:
    guess = row("majority class", [0.1], 0, 0.0, "any")
    standings = alone(tmp_path, row("distilled", [0.6], 9, 1.0), row("distilled", [0.5], 9, 1.0, "mlp"), guess)
    found = standings.entrants[-1]
    assert found.guesses and standings.learners == ("convnet", "mlp")
    assert [standings.score(found, learner, ACCURACY) for learner in standings.learners] == [
        Measured(0.1, (0.1, 0.1), (0.1,))
    ] * 2


def test_further_metrics_are_those_that_were_measured(tmp_path: Path) -> None:
    both = row("distilled", [0.6], 9, 1.0)
    both["metrics"]["f1"] = {"mean": 0.4, "std": 0.0, "ci95": [0.3, 0.5], "scores": [0.4]}
    both["metrics"]["mcc"] = {"mean": 0.4, "std": 0.0, "ci95": [0.3, 0.5]}  # of no raw scores
    standings = alone(tmp_path, both, row("random", [0.2], 9, 1.0))
    assert [metric.name for metric in standings.metrics] == ["accuracy", "f1"]
    assert [standings.mean(entrant, F1) for entrant in standings.entrants] == [Measured(0.4, (0.4, 0.4), (0.4,)), None]


def test_a_metric_that_no_row_has_makes_no_table(tmp_path: Path) -> None:
    standings = alone(tmp_path, row("distilled", [0.6], 9, 1.0))
    assert [metric.name for metric in standings.metrics] == ["accuracy"]


def test_baselines_of_several_sets_stand_once_for_each_number_of_bytes(tmp_path: Path) -> None:
    shared = [row("random", [0.3], 9, 1.0), row("full", [0.9], 900, 1.0)]
    one = graded(row("distilled", [0.6], 9, 1.0), row("random-same-labels", [0.4], 9, 1.0), *shared)
    two = graded(row("distilled", [0.7], 10, 1.0), *shared)
    larger = graded(row("distilled", [0.8], 99, 1.0), row("random", [0.5], 99, 1.0), shared[1])
    (standings,) = across(tmp_path, one, two, larger)
    found = [(entrant.name, entrant.first.bytes, entrant.anchor) for entrant in standings.entrants]
    assert found == [
        ("distilled", 9, "run-0"),
        ("distilled", 10, "run-1"),
        ("distilled", 99, "run-2"),
        ("random", 9, ""),
        ("full", 900, ""),
        ("random", 99, ""),
    ]


def test_only_one_exam_on_the_same_data_is_one_table(tmp_path: Path) -> None:
    own = row("distilled", [0.6], 9, 1.0)
    found = across(tmp_path, graded(own), graded(own, exam="fair"), graded(own))
    assert [(s.grading.exam, [e.anchor for e in s.entrants]) for s in found] == [
        ("quick", ["run-0", "run-2"]),
        ("fair", ["run-1"]),
    ]


def test_the_mean_of_several_sets_is_over_learners_that_graded_all_of_them(tmp_path: Path) -> None:
    one = graded(row("distilled", [0.6], 9, 1.0), row("distilled", [0.2], 9, 1.0, "mlp"))
    (standings,) = across(tmp_path, one, graded(row("distilled", [0.5], 9, 1.0)))
    assert (standings.learners, standings.shared) == (("convnet", "mlp"), ("convnet",))
    assert [entrant.anchor for entrant in standings.ranked(ACCURACY)] == ["run-0", "run-1"]


def test_sets_that_were_graded_as_one_are_one_entrant(tmp_path: Path) -> None:
    together = graded(row("distilled", [0.6, 0.8], 9, 1.0) | {"sets": 2, "repeats": 1})
    (standings,) = across(tmp_path / "one", together, together)
    assert [(entrant.name, entrant.anchor) for entrant in standings.entrants] == [("distilled", "run-0")]
    (standings,) = across(tmp_path / "two", *[graded(row("distilled", [0.6, 0.8], 9, 1.0))] * 2)
    assert [entrant.anchor for entrant in standings.entrants] == ["run-0", "run-1"], "alike, but two"


def test_sets_of_a_method_are_told_apart_by_what_differs_in_their_recipes(tmp_path: Path) -> None:
    changes = [{}, {"steps": 5, "rate": 1}, {"steps": 9, "rate": 1}]
    runs = []
    for number, changed in enumerate(changes):
        rows = [row("distilled", [0.5, 0.6], 1000 + number, 1.0)]
        recipe = {"method": "dm", "changes": changed}
        runs.append(write_run(tmp_path / str(number), evaluations=[evaluation() | {"rows": rows}], recipe=recipe))
    (standings,) = standings_across([(f"run-{n}", read_run(run)) for n, run in enumerate(runs)])
    labels = [standings.label(entrant) for entrant in standings.entrants]
    assert labels == ["dm", "dm, steps=5, rate=1", "dm, steps=9, rate=1"]
    (two,) = standings_across([(f"run-{n}", read_run(run)) for n, run in enumerate(runs[1:])])
    assert [two.label(entrant) for entrant in two.entrants] == ["dm, steps=5", "dm, steps=9"]
    (one,) = standings_across([("run-1", read_run(runs[1]))])
    assert [one.label(entrant) for entrant in one.entrants] == ["dm"]
