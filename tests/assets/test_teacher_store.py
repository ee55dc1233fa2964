"""Squeezing data into teachers: trained once, resumed, listed with recipe and accuracy, and refused elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from condenset.assets import teacher_store
from condenset.assets.cross_fitting import cross_fitted
from condenset.assets.experts import Experts, ExpertStore
from condenset.assets.network_store import NetworkStore
from condenset.assets.teacher_store import Squeeze, TeacherStore, given_teacher
from condenset.assets.teachers import Teachers
from condenset.core.errors import DataError
from condenset.core.execution import LOCAL
from condenset.learners.sgd import train_epochs
from condenset.tasks.part import PartView
from tests.examples import digits, few_digits

NAME = "convnet:width=4,depth=2,norm=batch"
SQUEEZE = Squeeze(count=2, epochs=2, examples=200, batch=32)


def store(squeeze: Squeeze = SQUEEZE) -> TeacherStore:
    return TeacherStore(squeeze, digits(), (NAME,))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    return tmp_path


def test_teachers_are_trained_once_and_differ(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(store(), NetworkStore)
    assert store().missing() == [0, 1]
    store().train_missing(LOCAL)
    assert store().missing() == []
    monkeypatch.setattr(teacher_store, "train_epochs", None)
    first, again, other = (store().teacher(number) for number in (0, 0, 1))
    assert torch.equal(first.flat(), again.flat())
    assert not torch.equal(first.flat(), other.flat())


def test_a_card_lists_how_it_was_trained_and_how_good_it_is(cache: Path) -> None:
    assert store().assets() == []
    store().train(0)
    (asset,) = store().assets()
    assert f"({NAME}; count 2, epochs 2, examples 200, rate 0.05" in asset.name
    assert "; accuracy 0." in asset.name and asset.name.endswith(" images it was not trained on)")
    assert asset.bytes == (store().folder / "0000.safetensors").stat().st_size


def test_few_examples_are_all_learnt_from_as_long_as_many_and_judge_it_too(cache: Path) -> None:
    brief, long = (TeacherStore(replace(SQUEEZE, steps=steps), few_digits(), (NAME,)) for steps in (0, 200))
    judged = [re.search(r"accuracy (.*) on 95 images it was trained on", _said(store)) for store in (brief, long)]
    assert judged[0] and judged[1] and float(judged[1][1]) > float(judged[0][1]) + 0.3
    assert long.experts.passes(95) == 34 and long.experts.passes(5000) == 15, "of 2 epochs, and 3 or 7 batches"


def _said(found: TeacherStore) -> str:
    found.train(0)
    return found.assets()[0].name


def test_a_part_of_the_data_has_teachers_of_its_own(cache: Path) -> None:
    """So that none of all examples labels those that settings are judged by."""
    tasks = [digits(), digits().with_validation(), digits().with_validation(1)]
    tasks += [cross_fitted(digits(), torch.ones(10, dtype=torch.long), Teachers(("logistic",)))]
    folders = [TeacherStore(SQUEEZE, task, (NAME,)).folder for task in tasks]
    experts = [ExpertStore(Experts(count=1), task, NAME, [1]).folder for task in tasks]
    assert len(set(folders)) == len(set(experts)) == len(tasks)
    assert TeacherStore(SQUEEZE, digits().with_validation(1), (NAME,)).folder == folders[2]


def test_groups_weigh_alike_where_that_is_asked(cache: Path) -> None:
    task = digits()
    members = [task.train.members(group) for group in range(10)]
    rare = replace(
        task, train=PartView(task.train, [found[: None if g == 1 else 12] for g, found in enumerate(members)])
    )
    alike, plain = (
        TeacherStore(replace(SQUEEZE, epochs=10, balanced=balanced), rare, (NAME,)).teacher(0)
        for balanced in (True, False)
    )
    others = task.train.select(torch.cat([found[12:] for g, found in enumerate(members) if g != 1]))
    taken_for_ones = [(network(others.inputs).logits.argmax(1) == 1).double().mean() for network in (alike, plain)]
    assert taken_for_ones[0] < 0.7 * taken_for_ones[1]


def test_a_killed_training_goes_on_and_ends_with_the_same_numbers(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store().train(0)
    whole = store().teacher(0)
    (store().folder / "0000.safetensors").unlink()
    begun: list[Any] = []

    def killed(*arguments: Any) -> Any:
        begun.append(arguments)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return train_epochs(*arguments)

    monkeypatch.setattr(teacher_store, "train_epochs", killed)
    with pytest.raises(KeyboardInterrupt):
        store().train(0)
    store().train(0)
    assert len(begun) == 3, "the first epoch was not trained again"
    resumed = store().teacher(0)
    assert torch.equal(resumed.flat(), whole.flat())
    assert all(torch.equal(resumed.buffers[name], buffer) for name, buffer in whole.buffers.items())


def test_what_it_depends_on_is_in_its_folder(cache: Path) -> None:
    others = [replace(SQUEEZE, epochs=3), replace(SQUEEZE, weight_decay=0.0), replace(SQUEEZE, seed=1)]
    assert len({store(squeeze).folder for squeeze in (SQUEEZE, *others)}) == 4
    assert store(replace(SQUEEZE, count=5)).folder == store().folder


def test_the_rate_falls_to_nothing() -> None:
    rates = [rate for epoch in range(2) for rate in SQUEEZE.epoch(epoch, 50).rates]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] == SQUEEZE.rate and rates[50] == pytest.approx(0.025) and rates[-1] < 1e-4


def test_a_file_that_does_not_hold_its_network_is_refused(cache: Path) -> None:
    store().train(0)
    path = store().folder / "0000.safetensors"
    told, tensors = teacher_store.read_teacher(path)
    teacher_store.write_teacher(path, told, {**tensors, "classifier.bias": torch.zeros(3)})
    with pytest.raises(DataError, match=r"does not hold its own network: classifier\.bias differ"):
        given_teacher(path, digits())


def test_seconds_and_bytes_of_what_is_missing(cache: Path) -> None:
    seconds, size = store().cost(2)
    store().train(0)
    (asset,) = store().assets()
    assert seconds > 0
    assert 0.8 * asset.bytes < size / 2 < 1.2 * asset.bytes or asset.bytes - size / 2 < 4096, "beside the header"
    assert store().missing() == [1], "measuring trains nothing that is kept"


def test_a_task_with_validation_data_is_judged_by_them(cache: Path) -> None:
    data = digits().with_validation()
    own = TeacherStore(replace(SQUEEZE, epochs=1), data, (NAME,))
    own.train(0)
    assert data.validation is not None
    assert f"on {len(data.validation)} images" in own.assets()[0].name
