"""Rows from sets: the score of the learner on test data, one after another or stacked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from condenset.core.batch import Batch
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.evaluation.score import Entry, evaluate_entries, evaluate_set
from condenset.learners.learner import Model
from condenset.learners.sgd import NetworkTraining
from condenset.tasks.task import Task
from tests.evaluation.small import EXAM, condensed
from tests.examples import blobs, made_estimator


def test_a_score_is_that_of_the_learner_on_the_held_out_data() -> None:
    train = blobs().train.sample(3, Rng(1))
    test = blobs().held_out()
    (row,) = evaluate_entries([Entry("x", "logistic", made_estimator("logistic"), [train], 1, Rng(0))], blobs())
    predicted = made_estimator("logistic").fit(train, blobs(), Rng(0))(test.inputs).argmax(1)
    assert row.scores == (pytest.approx((predicted == test.targets).double().mean().item()),)


def test_rows_of_stacked_networks_are_those_of_each(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Scores that are known are not trained again, and the others are in one pass."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    args = condensed(), blobs(), replace(EXAM, networks=(*EXAM.networks, "logistic"))

    def rows(repeats: int) -> dict[tuple[str, str], tuple[float, ...]]:
        found = evaluate_set(*args, baselines=("random",), repeats=repeats).rows
        return {(row.name, row.network): row.scores for row in found}

    plain = rows(3)
    together: list[int] = []
    own = NetworkTraining.fit_each

    def watched(self: NetworkTraining, trains: Sequence[Batch], task: Task, rngs: Sequence[Rng]) -> list[Model]:
        together.append(len(trains))
        return own(self, trains, task, rngs)

    monkeypatch.setattr(NetworkTraining, "fit_each", watched)
    monkeypatch.setattr(Execution, "stacks", True)
    assert rows(3) == plain
    assert together == [3]
    assert {key: scores[:3] for key, scores in rows(5).items()} == plain
    assert together == [3, 5, 2]
