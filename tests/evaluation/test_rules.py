"""What an exam takes from a set: learnt rates, the order of batches, its steps, its labels."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam
from condenset.evaluation.score import evaluate_set
from condenset.learners.learner import Model
from condenset.learners.sgd import NetworkTraining, train_epochs
from condenset.learners.training import Training
from condenset.objectives.inner_loop import InnerLoop
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.task import Task
from tests.evaluation.small import EXAM, condensed
from tests.examples import blobs, normal


def trainings(
    exam: Exam, synthetic: SyntheticSet, monkeypatch: pytest.MonkeyPatch, baselines: tuple[str, ...] = ()
) -> list[tuple[Training, Batch]]:
    """How each row would be trained, and on what."""
    heard: list[tuple[Training, Batch]] = []

    def fit(self: NetworkTraining, train: Batch, task: Task, rng: Rng) -> Model:
        heard.append((self.training, train))
        return lambda inputs: torch.zeros(len(inputs), task.target.outputs)

    monkeypatch.setattr(NetworkTraining, "fit", fit)
    evaluate_set(synthetic, blobs(), exam, baselines=baselines, repeats=1)
    return heard


@pytest.mark.parametrize(
    ("rule", "learnt", "rate", "rates", "epochs"),
    [
        ("fixed", [0.3], 0.1, (), 5),
        ("learnt", [0.3], 0.3, (), 5),
        ("learnt", None, 0.1, (), 5),
        ("learnt", [0.3, 0.2, 0.1], 0.1, (0.3, 0.2, 0.1), 3),
    ],
)
def test_learnt_rates_are_used_by_exams_that_say_so(
    rule: str, learnt: list[float] | None, rate: float, rates: tuple, epochs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam = replace(EXAM, rate=rule)
    given = None if learnt is None else torch.tensor(learnt)
    for training, _ in trainings(exam, condensed(given), monkeypatch, ("random",)):
        assert training.rate == pytest.approx(rate)
        assert training.rates == pytest.approx(rates)
        assert training.epochs == epochs


def test_a_set_of_fixed_batches_is_replayed_as_it_was_learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """The network that the exam trains ends where the inner loop ended."""
    synthetic = condensed(torch.tensor([0.5, 0.1, 0.3, 0.2, 0.4, 0.6]))
    synthetic.contract = Contract("small", batches="fixed", epochs=3)
    plain = Training(epochs=5, momentum=0.0, weight_decay=0.0, drop_at=())
    exam = replace(EXAM, rate="learnt", training=plain)
    ((training, batch), _) = trainings(exam, synthetic, monkeypatch, ("random",))
    assert (training.replayed, training.epochs) == (2, 3)
    start = blobs().network(EXAM.networks[0], Rng(0))
    *_, trained = train_epochs(blobs().network(EXAM.networks[0], Rng(0)), batch, blobs(), training, Rng(1))
    found = InnerLoop(6, replayed=2).train(start, synthetic, blobs(), Rng(2))
    assert torch.allclose(trained.flat(), found, atol=1e-5)
    assert not torch.allclose(trained.flat(), start.flat(), atol=1e-2)


def test_a_single_rate_of_fixed_batches_is_replayed_as_long_as_the_set_was_made_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    synthetic = condensed(torch.tensor([0.5]))
    synthetic.contract = Contract("small", batches="fixed", epochs=1)
    for training, _ in trainings(replace(EXAM, rate="learnt"), synthetic, monkeypatch, ("random",)):
        assert (training.rates, training.replayed, training.epochs) == (pytest.approx((0.5,)), 1, 1)


@pytest.mark.parametrize(("pairs", "epochs"), [(((5, 30), (6, 40), (7, 50)), 20), (((2, 30), (4, 8)), 4)])
def test_steps_follow_from_the_number_of_items(pairs: tuple, epochs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six items in batches of four are two steps an epoch; a larger set takes the last pair."""
    exam = replace(EXAM, steps_by_items=pairs, training=replace(EXAM.training, batch=4, warm_up=500))
    ((training, _),) = trainings(exam, condensed(), monkeypatch)
    assert training.epochs == epochs
    assert training.warm_up == epochs


@pytest.mark.parametrize(
    ("changes", "of_set", "of_full"),
    [
        ({}, 100, 100),  # as many passes, whatever is trained on
        ({"full_epochs": 7}, 100, 7),
        ({"steps": 301}, 151, 100),  # 2 steps a pass over 6 rows, 23 over 67
        ({"steps": 4400}, 2200, 192),
        ({"steps_by_items": ((10, 500), (20, 10_000))}, 250, 434),
    ],
)
def test_steps_are_a_rule_of_the_exam(
    changes: dict[str, Any], of_set: int, of_full: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (len(condensed().groups), -(-len(blobs().train) // 3)) == (6, 23)
    exam = replace(EXAM, training=replace(EXAM.training, epochs=100, batch=3), **changes)
    found = [training.epochs for training, _ in trainings(exam, condensed(), monkeypatch, ("full",))]
    assert found == [of_set, of_full]


def test_soft_labels_are_kept_hardened_or_made_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    synthetic = condensed(soft=True)
    values = normal(6, 3)
    synthetic.labels.values.data = values
    shares = values.numpy().clip(min=1e-6) / values.numpy().clip(min=1e-6).sum(1, keepdims=True)
    probabilities = torch.from_numpy(shares)
    for rule, expected in (("own", values), ("hard", values.argmax(1)), ("probabilities", probabilities)):
        ((_, batch),) = trainings(replace(EXAM, labels=rule), synthetic, monkeypatch)
        torch.testing.assert_close(batch.targets, expected)
