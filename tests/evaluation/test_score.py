"""Scores: statistics against SciPy, repeatability, what an exam takes from the set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.score import Entry, evaluate_entries, evaluate_set
from condenset.learners.learner import Model
from condenset.learners.sgd import NetworkTraining, train_epochs
from condenset.learners.training import Training
from condenset.objectives.inner_loop import InnerLoop
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.task import Task
from tests.examples import blobs, digits, line, made_estimator, normal, set_of

EXAM = Exam("small", 1, "a test", Training(epochs=5, batch=8, rate=0.1, drop_at=()), networks=("mlp:width=4,depth=1",))


def condensed(rates: torch.Tensor | None = None, soft: bool = False) -> SyntheticSet:
    real = blobs().train.sample(2, Rng(0))
    labels = blobs().target.matrix(real.targets) if soft else real.targets
    return set_of(real.inputs, labels, rates)


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


def test_a_score_is_that_of_the_learner_on_the_held_out_data() -> None:
    train = blobs().train.sample(3, Rng(1))
    test = blobs().held_out()
    (row,) = evaluate_entries([Entry("x", "logistic", made_estimator("logistic"), [train], 1, Rng(0))], blobs())
    predicted = made_estimator("logistic").fit(train, blobs(), Rng(0))(test.inputs).argmax(1)
    assert row.scores == (pytest.approx((predicted == test.targets).double().mean().item()),)


def test_every_score_is_reported_as_it_comes() -> None:
    heard: list[tuple[str, int, int]] = []
    evaluate_set(
        condensed(), blobs(), EXAM, baselines=("random",), repeats=2,
        watch=lambda row, total: heard.append((row.name, len(row.scores), total)),
    )  # fmt: skip
    assert heard == [("distilled", 1, 2), ("distilled", 2, 2), ("random", 1, 2), ("random", 2, 2)]


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


def test_sets_by_several_seeds_are_one_row() -> None:
    evaluation = evaluate_set(condensed(), blobs(), EXAM, further=[condensed()], baselines=("random",), repeats=2)
    own = next(row for row in evaluation.rows if row.name == "distilled")
    assert (own.sets, len(own.scores), len(set(own.scores[:2]) | set(own.scores[2:]))) == (2, 4, 4)
    assert own.scores[:2] == evaluate_set(condensed(), blobs(), EXAM, repeats=2).rows[0].scores


def test_what_leaves_nothing_to_chance_is_chosen_from_other_samples_of_the_data() -> None:
    rows = evaluate_set(condensed(), blobs(), EXAM, networks=("logistic",), baselines=("herding",), repeats=4).rows
    herding = next(row for row in rows if row.name == "herding")
    assert len(set(herding.scores)) > 1 and herding.sets == 4


def test_soft_labels_are_kept_hardened_or_made_probabilities(monkeypatch: pytest.MonkeyPatch) -> None:
    synthetic = condensed(soft=True)
    values = normal(6, 3)
    synthetic.labels.values.data = values
    shares = values.numpy().clip(min=1e-6) / values.numpy().clip(min=1e-6).sum(1, keepdims=True)
    probabilities = torch.from_numpy(shares)
    for rule, expected in (("own", values), ("hard", values.argmax(1)), ("probabilities", probabilities)):
        ((_, batch),) = trainings(replace(EXAM, labels=rule), synthetic, monkeypatch)
        torch.testing.assert_close(batch.targets, expected)


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
    exam = replace(named_exam("quick"), networks=("mlp",), repeats=2)
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
