"""Sets by shards: the same budget, memory of one shard at a time, and a kill that costs no finished shard."""

from __future__ import annotations

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
from condenset.methods import sre2l
from condenset.run.config import Config
from condenset.run.distill import Distilled, run
from condenset.run.shards import in_shards
from condenset.sources.pretrained import Pretrained
from tests.examples import digits

RECOVER = Config("digits", "lpld", Size(per_class=2), changes={"steps": 4, "objective.per_group": 5})
CHOOSE = Config("digits", "relabel", Size(per_class=2), changes={"finish": "nearest"})


def each(config: Config, folder: Path) -> Distilled:
    return run(config, task=digits(), out=folder, resume=True)


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

    def killed(config: Config, folder: Path) -> Distilled:
        begun.append(config)
        if len(begun) == 2:
            raise KeyboardInterrupt
        return each(config, folder)

    with pytest.raises(KeyboardInterrupt):
        in_shards(CHOOSE, 3, tmp_path / "part", digits(), killed)
    resumed = in_shards(CHOOSE, 3, tmp_path / "part", digits(), killed).synthetic
    assert len(begun) == 4, "the first shard was not made again"
    assert all(torch.equal(resumed.state_dict()[name], value) for name, value in whole.state_dict().items())


def test_images_are_recovered_and_labelled_shard_by_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sre2l, "TRAINED", Pretrained(Squeeze(epochs=1, examples=100)))
    monkeypatch.setattr(sre2l, "NETWORK", "convnet:width=4,depth=2,norm=batch")
    seen: list[int] = []
    done = in_shards(RECOVER, 2, tmp_path, digits(), partial(_counted, seen))
    assert seen == [10, 10]
    views = done.synthetic.views
    assert views is not None and len(views.said) == 20
    assert [asset.name.split()[0] for asset in read(tmp_path).card.assets][:1] == ["teacher"]


def _counted(seen: list[int], config: Config, folder: Path) -> Distilled:
    done = each(config, folder)
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
