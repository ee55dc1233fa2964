"""Kept scores: found by the same learner, data and examples, by no other, and never where a file is damaged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.metric import ACCURACY
from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam
from condenset.evaluation.known_scores import Score, find_score, keep_score, score_key
from condenset.evaluation.score import evaluate_set
from condenset.learners.learner import Model
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.tasks.task import Task
from tests.examples import blobs, set_of

EXAM = Exam("small", 1, "a test", Training(epochs=2, batch=8, rate=0.1, drop_at=()), networks=("mlp:width=4,depth=1",))


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def test_baselines_are_trained_on_once_and_the_set_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other random examples or another exam train anew."""
    trained: list[int] = []
    fit = NetworkTraining.fit

    def counted(self: NetworkTraining, train: Batch, task: Task, rng: Rng) -> Model:
        trained.append(len(train))
        return fit(self, train, task, rng)

    monkeypatch.setattr(NetworkTraining, "fit", counted)
    real = blobs().train.sample(2, Rng(0))
    assert isinstance(real.inputs, torch.Tensor)

    def rows(seed: int, exam: Exam = EXAM) -> tuple[dict[str, tuple[float, ...]], int]:
        trained.clear()
        synthetic = set_of(real.inputs, real.targets)
        found = evaluate_set(synthetic, blobs(), exam, baselines=("random",), repeats=2, seed=seed)
        return {row.name: row.scores for row in found.rows}, len(trained)

    first, again = rows(seed=1), rows(seed=1)
    assert first[0] == again[0]
    assert (first[1], again[1]) == (4, 2)
    assert rows(seed=2)[1] == 4
    assert rows(seed=1, exam=replace(EXAM, training=replace(EXAM.training, epochs=3)))[1] == 4


@pytest.mark.parametrize(
    "other",
    [
        lambda identity, task, batch, rng: ("another learner", task, batch, rng),
        lambda identity, task, batch, rng: (identity, replace(task, fingerprint={"sha256": "0"}), batch, rng),
        lambda identity, task, batch, rng: (identity, replace(task, preprocessing={"mean": [1]}), batch, rng),
        lambda identity, task, batch, rng: (identity, task, batch.select(torch.arange(5)), rng),
        lambda identity, task, batch, rng: (identity, task, replace(batch, weight=2 * batch.weight), rng),
        lambda identity, task, batch, rng: (identity, task, batch, rng.child(1)),
    ],
)
def test_the_key_follows_all_that_a_score_depends_on(other: Callable[..., tuple[str, Task, Batch, Rng]]) -> None:
    asked = "learner", blobs(), blobs().train.sample(2, Rng(0)), Rng(0)
    assert score_key(*asked) == score_key(*asked)
    assert score_key(*other(*asked)) != score_key(*asked)


def test_a_score_comes_back_and_a_damaged_one_does_not(cache: Path) -> None:
    assert find_score("key", [ACCURACY]) is None
    score = Score({"accuracy": 0.75}, ({"accuracy": 0.5}, {"accuracy": 1.0}), 2, 3.5)
    keep_score("key", score)
    assert find_score("key", [ACCURACY]) == score
    [file] = (cache / "scores").iterdir()
    file.write_text("[0.75")
    assert find_score("key", [ACCURACY]) is None


@pytest.mark.parametrize(
    ("grades", "without"),
    [
        ({"accuracy": 5.0}, ()),
        ({"accuracy": float("nan")}, ()),
        ({"accuracy": 0.5}, ({"accuracy": -0.1},)),
        ({"auroc": 0.5}, ()),
        ({}, ()),
    ],
)
def test_a_score_that_cannot_be_true_is_not_believed(
    grades: dict[str, float], without: tuple[dict[str, float], ...]
) -> None:
    keep_score("key", Score(grades, without, 2, 1.0))
    assert find_score("key", [ACCURACY]) is None


def test_a_folder_that_cannot_be_written_is_no_error(cache: Path) -> None:
    (cache / "scores").write_text("in the way")
    keep_score("key", Score({"accuracy": 0.5}, (), 1, 1.0))
    assert find_score("key", [ACCURACY]) is None
