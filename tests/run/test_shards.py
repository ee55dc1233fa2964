"""Sets by shards: the same budget, memory of one shard at a time, and a kill that costs no finished shard."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from condenset.artifact import read
from condenset.assets.teacher_store import Squeeze
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.execution import LOCAL
from condenset.methods import sre2l
from condenset.run import shards
from condenset.run.config import Config
from condenset.run.distill import Conditions, Distilled, run
from condenset.run.executors import opened
from condenset.run.shards import in_shards
from condenset.sources.pretrained import Pretrained
from condenset.tasks.task import Task
from tests.examples import digits

RECOVER = Config("digits", "lpld", Size(per_class=2), changes={"steps": 4, "objective.per_group": 5})
CHOOSE = Config("digits", "relabel", Size(per_class=2), changes={"finish": "nearest"})


def each(config: Config, out: Path, *, task: Task, conditions: Conditions) -> Distilled:
    return run(config, task=task, out=out, resume=True, conditions=conditions)


def test_shards_have_the_items_of_every_class(tmp_path: Path) -> None:
    done = in_shards(CHOOSE, 3, tmp_path, digits(), each)
    assert torch.bincount(done.synthetic.groups).tolist() == [2] * 10
    back = read(tmp_path).synthetic
    assert torch.equal(back.decode().inputs, done.synthetic.decode().inputs)
    sizes = [len(read(folder).synthetic) for folder in sorted((tmp_path / "shards").iterdir())]
    assert sizes == [8, 6, 6]


def test_a_kill_costs_no_finished_shard_and_no_byte(tmp_path: Path) -> None:
    whole = in_shards(CHOOSE, 3, tmp_path / "whole", digits(), each).synthetic
    begun: list[Config] = []

    def killed(config: Config, out: Path, *, task: Task, conditions: Conditions) -> Distilled:
        begun.append(config)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return each(config, out, task=task, conditions=conditions)

    with pytest.raises(KeyboardInterrupt):
        in_shards(CHOOSE, 3, tmp_path / "part", digits(), killed)
    resumed = in_shards(CHOOSE, 3, tmp_path / "part", digits(), killed).synthetic
    assert len(begun) == 4, "the first shard was not made again"
    assert all(torch.equal(resumed.state_dict()[name], value) for name, value in whole.state_dict().items())


class Elsewhere:
    """Sends jobs away, as workers get them, and tells when."""

    def __init__(self, told: list[str]) -> None:
        self.told = told

    def __reduce__(self) -> tuple[Any, ...]:
        return type(LOCAL), ()

    def map(self, function: Any, shared: Any, jobs: Iterable[Any]) -> Iterator[Any]:
        for job in jobs:
            self.told.append(job[2].name)
            there, task, arrived = pickle.loads(pickle.dumps((function, shared, job)))
            yield there(task, arrived)


def test_shards_are_jobs_of_the_executor_after_what_they_are_made_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    here = in_shards(CHOOSE, 2, tmp_path / "here", digits(), each).synthetic
    monkeypatch.setattr(shards, "prepare", lambda recipe, task, executor: told.append("prepared"))
    elsewhere = Conditions(executor=Elsewhere(told))
    there = in_shards(CHOOSE, 2, tmp_path / "there", digits(), each, elsewhere).synthetic
    assert told == ["prepared", "prepared", "0000", "0001"]
    assert all(torch.equal(there.state_dict()[name], value) for name, value in here.state_dict().items())


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["processes", "ray"])
def test_workers_make_shards_side_by_side_with_the_same_bytes(executor: str, tmp_path: Path) -> None:
    if executor == "ray":
        pytest.importorskip("ray")
    here = in_shards(CHOOSE, 3, tmp_path / "here", digits(), each).synthetic
    with opened(executor, 2) as workers:
        there = in_shards(CHOOSE, 3, tmp_path / "there", digits(), each, Conditions(executor=workers)).synthetic
    assert all(torch.equal(there.state_dict()[name], value) for name, value in here.state_dict().items())


def test_images_are_recovered_and_labelled_shard_by_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sre2l, "TRAINED", Pretrained(Squeeze(epochs=1, examples=100)))
    monkeypatch.setattr(sre2l, "NETWORK", "convnet:width=4,depth=2,norm=batch")
    seen: list[int] = []
    done = in_shards(RECOVER, 2, tmp_path, digits(), partial(_counted, seen))
    assert seen == [10, 10]
    views = done.synthetic.views
    assert views is not None and len(views.said) == 20
    assert [asset.name.split()[0] for asset in read(tmp_path).card.assets][:1] == ["teacher"]


def _counted(seen: list[int], config: Config, out: Path, *, task: Task, conditions: Conditions) -> Distilled:
    done = each(config, out, task=task, conditions=conditions)
    seen.append(len(done.synthetic))
    return done


@pytest.mark.parametrize(
    ("changes", "shards", "said"),
    [
        ({"method": "dm"}, 2, "'dm' makes all classes together.*'decoupled'.*one of 'distribution'"),
        ({}, 11, "10 classes cannot be cut into 11 shards: give 2 to 10"),
        ({}, 1, "into 1 shards"),
    ],
)
def test_what_cannot_be_cut_is_refused(tmp_path: Path, changes: dict[str, Any], shards: int, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        in_shards(replace(CHOOSE, **changes), shards, tmp_path, digits(), each)


def test_shards_of_another_set_are_not_taken_for_its_own(tmp_path: Path) -> None:
    in_shards(CHOOSE, 2, tmp_path, digits(), each)
    with pytest.raises(RequestError, match="holds a shard of another set, with other seed"):
        in_shards(replace(CHOOSE, seed=1), 2, tmp_path, digits(), each)
