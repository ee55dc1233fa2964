"""Scores: statistics against SciPy, repeatability, what an exam takes from the set."""

from __future__ import annotations

from dataclasses import replace

import pytest

from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.evaluation.exam import named_exam
from condenset.evaluation.score import evaluate_set
from tests.evaluation.small import EXAM, condensed
from tests.examples import blobs, digits, line, set_of


def test_evaluations_repeat_and_rows_do_not_depend_on_their_company() -> None:
    args = condensed(), blobs(), EXAM
    first = evaluate_set(*args, baselines=("random", "k-means"), repeats=2, seed=3)
    again = evaluate_set(*args, baselines=("k-means", "random"), repeats=2, seed=3)
    other = evaluate_set(*args, baselines=("random", "k-means"), repeats=2, seed=4)
    scores = [{row.name: row.scores for row in e.rows if row.network != "any"} for e in (first, again, other)]
    assert list(scores[0]) == ["distilled", "random", "k-means"]
    assert first.rows[-1].name == "majority class"
    assert scores[0] == scores[1]
    assert scores[0] != scores[2]
    assert all(len(values) == 2 for values in scores[0].values())
    record = first.record()
    assert record["exam_hash"] == EXAM.hash
    assert record["selection"] == "last"
    assert record["rows"] == [row.record(first.metrics) for row in first.rows]


def test_whether_networks_are_compiled_does_not_depend_on_what_else_is_graded(monkeypatch: pytest.MonkeyPatch) -> None:
    def ahead(repeats: int, baselines: tuple[str, ...]) -> set[int]:
        asked: set[int] = set()

        def repays(module: object, input_shape: object, passes: int, execution: Execution) -> bool:
            asked.add(passes * execution.times)
            return False

        monkeypatch.setattr("condenset.nets.compiled.repays", repays)
        evaluate_set(condensed(), blobs(), EXAM, baselines=baselines, repeats=repeats)
        return asked

    alone = ahead(1, ())
    assert len(alone) == 2  # training and reading
    assert ahead(2, ("herding", "k-means")) == alone


def test_more_repeats_keep_the_first_scores() -> None:
    few, many = (evaluate_set(condensed(), blobs(), EXAM, repeats=n).rows[0].scores for n in (2, 3))
    assert many[:2] == few


def test_every_score_is_reported_as_it_comes() -> None:
    heard: list[tuple[str, int, int]] = []
    evaluate_set(
        condensed(), blobs(), EXAM, baselines=("random",), repeats=2,
        watch=lambda row, total: heard.append((row.name, len(row.scores), total)),
    )  # fmt: skip
    assert heard == [("distilled", 1, 2), ("distilled", 2, 2), ("random", 1, 2), ("random", 2, 2)]


def test_sets_by_several_seeds_are_one_row() -> None:
    evaluation = evaluate_set(condensed(), blobs(), EXAM, further=[condensed()], baselines=("random",), repeats=2)
    own = next(row for row in evaluation.rows if row.name == "distilled")
    assert (own.sets, len(own.scores)) == (2, 4)
    assert own.scores[:2] != own.scores[2:], "the same set, other learners"
    assert own.scores[:2] == evaluate_set(condensed(), blobs(), EXAM, repeats=2).rows[0].scores


def test_what_leaves_nothing_to_chance_is_chosen_from_other_samples_of_the_data() -> None:
    rows = evaluate_set(condensed(), blobs(), EXAM, networks=("logistic",), baselines=("herding",), repeats=4).rows
    herding = next(row for row in rows if row.name == "herding")
    assert len(set(herding.scores)) > 1 and herding.sets == 4


def test_hardening_leaves_numbers_as_they_are() -> None:
    real = line().train.sample(3, Rng(0))
    synthetic = set_of(real.inputs, real.targets)
    hard, own = (
        evaluate_set(synthetic, line(), replace(EXAM, labels=rule), networks=("logistic",), repeats=1).rows[0].scores
        for rule in ("hard", "own")
    )
    assert hard == own


@pytest.mark.slow
def test_a_perfect_set_scores_like_the_data() -> None:
    """S = D: the same learner on the same examples."""
    task = digits()
    everything = task.train.all()
    synthetic = set_of(everything.inputs, everything.targets)
    exam = replace(named_exam("quick"), networks=("mlp",), repeats=2, steps=600)
    evaluation = evaluate_set(synthetic, task, exam, baselines=("full",))
    distilled, full = (evaluation.average(name) for name in ("distilled", "full"))
    assert abs(distilled - full) < 0.03


@pytest.mark.parametrize(
    ("soft", "labels", "said"),
    [(True, "hard", "largest entry"), (True, "probabilities", "normalised"), (True, "own", ""), (False, "hard", "")],
)
def test_what_becomes_of_soft_labels_is_recorded(soft: bool, labels: str, said: str) -> None:
    exam = replace(EXAM, labels=labels)  # type: ignore[arg-type]
    record = evaluate_set(condensed(soft=soft), blobs(), exam, repeats=1).record()
    assert said in record["conversion"]
    assert bool(record["conversion"]) == bool(said)
