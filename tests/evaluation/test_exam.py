"""Exam presets against what the released evaluation code does, and the hash that marks a changed exam."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
import torch

from condenset.core.errors import UnknownNameError
from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam, exam_names, exam_summary, named_exam
from condenset.learners import sgd
from condenset.learners.features import FeatureRidgeRegression
from condenset.learners.kernel import KernelRidgeRegression
from condenset.learners.sgd import NetworkTraining, train_epochs
from condenset.learners.training import Training
from tests.examples import batch_of, blobs, digits, made_estimator, normal, task_of


def first_epochs(training: Training, monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """(epochs done, rate) at which each optimiser of a training began."""
    made: list[tuple[int, float]] = []
    done, original = 0, sgd._optimiser

    def spy(parameters: list[torch.Tensor], how: Training, rate: float) -> torch.optim.Optimizer:
        made.append((done, rate))
        return original(parameters, how, rate)

    monkeypatch.setattr(sgd, "_optimiser", spy)
    task = task_of(normal(2, 1), torch.arange(2), 2, "tabular")
    network = task.network("mlp:depth=0", Rng(0))
    for _ in train_epochs(network, batch_of(normal(2, 1), torch.arange(2)), task, training, Rng(0)):
        done += 1
    assert done == training.epochs
    return made


@pytest.mark.parametrize(
    ("name", "last"), [("dc2021", 300), ("dc2021-mnist", 1000), ("dsa2021", 1000), ("mtt2022", 1000)]
)
def test_the_dc_family_drops_its_rate_after_epoch_half_plus_one(
    name: str, last: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Epochs 0 ... E; after the epoch of index E // 2 + 1 a new optimiser with a tenth of the rate."""
    training = replace(named_exam(name).training, augment=False)
    assert training.epochs == last + 1
    made = first_epochs(training, monkeypatch)
    assert [epoch for epoch, _ in made] == [0, last // 2 + 2]
    assert [rate for _, rate in made] == pytest.approx([0.01, 0.001])


def test_the_dc_family_in_numbers() -> None:
    for name, augmented in (("dc2021", False), ("dc2021-mnist", True), ("dsa2021", True), ("mtt2022", True)):
        exam = named_exam(name)
        training = exam.training
        assert (training.optimiser, training.batch, training.rate) == ("sgd", 256, 0.01)
        assert (training.momentum, training.weight_decay) == (0.9, 5e-4)
        assert (training.augment, training.selection, exam.labels) == (augmented, "last", "own")
        assert exam.rate == ("learnt" if name == "mtt2022" else "fixed")


def test_digits_are_cropped_scaled_or_turned_and_never_coloured_or_mirrored() -> None:
    augmentation = digits().augmentation.changed(**dict(named_exam("dc2021-mnist").training.augmentation))
    record = augmentation.draw(600, Rng(0))
    assert set(record.groups) == {"crop", "scale", "rotate"} and record.only is not None
    assert torch.bincount((3 * record.only).long()).min() > 150


def test_gcond_in_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    exam = named_exam("gcond2022")
    training = exam.training
    assert (training.optimiser, training.rate, training.weight_decay) == ("adam", 0.01, 5e-4)
    assert (training.epochs, training.selection, exam.repeats) == (600, "validation", 10)
    assert exam.networks == ("gcn:dropout=0.5",)
    assert [epoch for epoch, _ in first_epochs(training, monkeypatch)] == [0, 300]


def test_frepo_in_numbers() -> None:
    exam = named_exam("frepo2022")
    training = exam.training
    assert (training.optimiser, training.rate, training.weight_decay) == ("adam", 3e-4, 0)
    assert (training.batch, training.warm_up, training.schedule, training.loss) == (500, 500, "cosine", "squared")
    steps = dict(exam.steps_by_items)
    assert steps == {10: 1000, 100: 2000, 200: 20000, 400: 5000, 500: 5000, 1000: 10000, 2000: 40000}


def test_every_preset_reads_and_has_a_hash_of_its_own() -> None:
    exams = [named_exam(name) for name in exam_names()]
    assert len({exam.hash for exam in exams}) == len(exams) >= 8
    assert all(exam.summary == exam_summary(exam.name) and len(exam.summary) > 20 for exam in exams)


def test_the_hash_follows_what_can_change_a_score_and_not_the_summary() -> None:
    exam = named_exam("quick")
    assert replace(exam, summary="in other words").hash == exam.hash
    changed = [
        replace(exam, version=9), replace(exam, networks=("mlp",)), replace(exam, rate="learnt"),
        replace(exam, labels="hard"), replace(exam, repeats=9), replace(exam, steps_by_items=((10, 5),)),
            replace(exam, steps=7), replace(exam, full_epochs=4),
    ]  # fmt: skip
    others: dict[str, object] = {
        "epochs": 7, "batch": 3, "optimiser": "adam", "rate": 0.5, "rates": (0.1,), "momentum": 0.1,
        "weight_decay": 0.1, "schedule": "cosine", "drop": 0.3, "drop_at": (0.9,), "warm_up": 2, "augment": True,
        "loss": "squared", "selection": "validation", "cutmix": 0.5, "replayed": 4, "augmentation": (("mode", "all"),),
        "temperature": 4.0,
    }  # fmt: skip
    assert set(others) == {field.name for field in fields(Training)}
    for name, value in others.items():
        assert getattr(exam.training, name) != value
        changed.append(replace(exam, training=replace(exam.training, **{name: value})))
    assert len({e.hash for e in [exam, *changed]}) == len(changed) + 1


def test_learners_are_those_asked_for_then_the_exams_then_the_modalitys() -> None:
    names = ("logistic", "kernel", "kernel:ntk/depth=3", "features:mlp/width=9", "mlp:width=9")
    exam = Exam("x", 1, "", Training(epochs=1), networks=names)
    found = exam.learners(blobs())
    assert found == {
        "logistic": made_estimator("logistic"),
        "kernel": KernelRidgeRegression(None),
        "kernel:ntk/depth=3": KernelRidgeRegression("ntk:depth=3"),
        "features:mlp/width=9": FeatureRidgeRegression("mlp:width=9"),
        "mlp:width=9": NetworkTraining("mlp:width=9", exam.training),
    }
    assert list(exam.learners(blobs(), ("forest",))) == ["forest"]
    assert tuple(replace(exam, networks=()).learners(blobs())) == blobs().modality.learners


def test_an_unknown_exam_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'dsa2021'"):
        named_exam("dsa2020")
