"""Shards put together: all items in their order, and what are no shards of one set."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.artifact import read, save
from condenset.artifact.joining import joined
from condenset.artifact.reading import Artifact
from condenset.codecs.hallucinators import Hallucinators
from condenset.codecs.levels import Levels
from condenset.codecs.quantised import Quantised
from condenset.core.errors import RequestError
from condenset.labels.views import OfViews
from condenset.learners.views import Views
from condenset.synthetic import SyntheticSet
from tests.examples import digits, normal, set_of


def saved(synthetic: SyntheticSet, folder: Path) -> Artifact:
    save(synthetic, digits(), folder, {"method": "random"})
    return read(folder)


def part(group: int, items: int = 2) -> SyntheticSet:
    return set_of(normal(items, 1, 8, 8, seed=group), torch.full((items,), group))


def test_items_follow_each_other(tmp_path: Path) -> None:
    shards = [saved(part(group, items), tmp_path / str(group)) for group, items in ((0, 2), (3, 1))]
    whole = joined(shards)
    assert whole.groups.tolist() == [0, 0, 3]
    assert torch.equal(whole.decode().inputs, torch.cat([shard.synthetic.decode().inputs for shard in shards]))
    assert whole.decode().targets.tolist() == [0, 0, 3]


def test_what_is_the_same_in_all_is_kept_once(tmp_path: Path) -> None:
    shards = []
    for group in range(2):
        views = Views(normal(2, 3, 10, seed=group).half(), normal(2, 3, 4, seed=group), "DSA")
        shards.append(saved(part(group).replaced(labels=OfViews(views)), tmp_path / str(group)))
    found = joined(shards).views
    assert found is not None and found.made_by == "DSA"
    assert found.said.shape == (4, 3, 10)


def test_sets_that_store_otherwise_are_refused(tmp_path: Path) -> None:
    soft = set_of(normal(2, 1, 8, 8), torch.eye(10)[:2])
    shards = [saved(part(0), tmp_path / "0"), saved(soft, tmp_path / "1")]
    with pytest.raises(RequestError, match="no shards of one set"):
        joined(shards)


def quantised(group: int, scale: float) -> SyntheticSet:
    stored = (17 * group + torch.arange(2 * 64)).view(2, 64).to(torch.uint8)
    levels = Levels(torch.tensor([scale]), torch.zeros(1))
    return part(group).replaced(codec=Quantised(stored, levels, (1, 8, 8), 8))


def test_levels_that_all_shards_have_are_kept_once(tmp_path: Path) -> None:
    shards = [saved(quantised(group, 0.1), tmp_path / str(group)) for group in range(3)]
    whole = joined(shards)
    assert torch.equal(whole.decode().inputs, torch.cat([shard.synthetic.decode().inputs for shard in shards]))
    assert whole.nbytes().data == 3 * 2 * 64 + 8


def test_joined_hallucinators_see_as_they_did_in_shards_of_fewer(tmp_path: Path) -> None:
    shards = []
    for group in range(3):
        codec = Hallucinators.encode(normal(2, 1, 8, 8, seed=group), digits(), 2)
        shards.append(saved(part(group).replaced(codec=codec), tmp_path / str(group)))
    expected = torch.cat([shard.synthetic.decode().inputs for shard in shards])
    assert torch.allclose(joined(shards).decode().inputs, expected, atol=1e-6)


def test_levels_and_words_of_a_shard_alone_cannot_be_joined(tmp_path: Path) -> None:
    shards = [saved(quantised(group, 0.1 + group), tmp_path / f"levels{group}") for group in range(2)]
    with pytest.raises(RequestError, match=r"shards have 'levels.scale' of their own.*such as raw and hard"):
        joined(shards)
    told = []
    for group in range(2):
        views = Views(normal(2, 3, 10).half(), normal(2, 3, 4), f"DSA {group}")
        told.append(saved(part(group).replaced(labels=OfViews(views)), tmp_path / f"words{group}"))
    with pytest.raises(RequestError, match="shards have 'words' of their own"):
        joined(told)
