"""A set as a start: its items come first and stay as they are, others follow, and what does not fit says what would."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import condenset
from condenset.codecs.raw import Raw
from condenset.core.budget import Size
from condenset.core.errors import BudgetError, RequestError
from condenset.core.rng import Rng
from condenset.distillation import begin
from condenset.labels.soft import Soft
from condenset.recipe import Rates, Recipe
from condenset.starts.random import random
from condenset.starts.warm_start import WarmStart
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.task import Task
from tests.conformance.examples import task
from tests.examples import blobs, digits, line


def made(data: Task, per_class: int = 2, **changes: Any) -> SyntheticSet:
    """Random examples, stored and labelled as the changes say, moved so that they are none of the data any more."""
    found = condenset.distill(data, "random", size=Size(per_class=per_class), changes=changes)
    for parameter in found.parameters():
        parameter.data.add_(0.25 * torch.randn(parameter.shape, generator=Rng(7).torch()))
    return found


def counts(data: Task, each: int) -> Tensor:
    return torch.full((len(data.groups),), each)


def warm(synthetic: SyntheticSet) -> WarmStart:
    return WarmStart(synthetic, "", random)


def begun(data: Task, synthetic: SyntheticSet, each: int, **changes: Any) -> SyntheticSet:
    """A set of so many items per class that begins at another."""
    recipe = replace(Recipe(random, Contract("quick")), **{"start": warm(synthetic), **changes})
    return begin(data, recipe, counts(data, each), Rng(0))


@pytest.mark.parametrize("data", [blobs, line, digits])
def test_the_sets_examples_come_first_and_those_of_the_other_start_beyond_as_many_follow(data: Any) -> None:
    synthetic, opened = made(data()), data()
    batch = warm(synthetic)(opened, counts(opened, 5), Rng(0))
    others = random(opened, counts(opened, 5), Rng(0))
    assert batch.groups.tolist() == torch.arange(len(opened.groups)).repeat_interleave(5).tolist()
    own, rows, every = (
        synthetic.decode().detach(),
        batch.inputs.unflatten(0, (-1, 5)),
        others.inputs.unflatten(0, (-1, 5)),
    )
    assert torch.equal(rows[:, :2].flatten(0, 1), own.inputs)
    assert torch.equal(rows[:, 2:], every[:, 2:])
    assert torch.equal(batch.targets.unflatten(0, (-1, 5))[:, :2].flatten(0, 1), own.targets)
    assert batch.weight.tolist() == [1.0] * len(batch)


def test_soft_labels_stay_and_hard_ones_beside_them_become_rows() -> None:
    synthetic = made(blobs(), labels="soft")
    batch = warm(synthetic)(blobs(), counts(blobs(), 3), Rng(0))
    assert torch.equal(batch.targets[[0, 1, 3, 4, 6, 7]], synthetic.labels.values.detach())
    assert torch.equal(batch.targets[[2, 5, 8]], torch.eye(3))


def test_the_pictures_of_an_item_follow_one_another_however_they_are_decoded() -> None:
    synthetic = made(task("image"), codec="multi-formation:factor=2")
    batch = warm(synthetic)(task("image"), counts(task("image"), 8), Rng(0))
    own = synthetic.decode().detach()
    for item in range(len(synthetic)):
        assert torch.equal(batch.inputs[4 * item : 4 * item + 4], own.inputs[synthetic.codec.origin() == item])
    raw = begun(task("image"), synthetic, 8)
    assert torch.equal(raw.codec.data.detach(), batch.inputs), "every picture of an item becomes an item of its own"


STORED = {
    "rows": (blobs, {}),
    "soft labels": (blobs, {"labels": "soft"}),
    "logits": (digits, {"labels": "logits", "codec": "raw"}),
    "probabilities": (line, {"labels": "probabilities"}),
    "several pictures": (digits, {"codec": "multi-formation:factor=2"}),
    "frequencies": (digits, {"codec": "frequency:images=4"}),
    "nodes": (partial(task, "graph"), {}),
}


@pytest.mark.parametrize("kind", STORED)
def test_what_is_stored_alike_is_kept_bit_by_bit_and_grows(kind: str) -> None:
    data, changes = STORED[kind]
    opened = data()
    synthetic = made(opened, **changes)
    same, larger, cold = (begun(opened, synthetic, each, **changes, **more) for each, more in
                          ((2, {}), (3, {}), (3, {"start": random})))  # fmt: skip
    stored = synthetic.state_dict()
    assert all(torch.equal(tensor, stored[name]) for name, tensor in same.state_dict().items())
    old = torch.tensor([True, True, False]).repeat(len(opened.groups))
    for name, tensor in larger.state_dict().items():
        assert torch.equal(tensor[old], stored[name]), name
        assert torch.equal(tensor[~old], cold.state_dict()[name][~old]), name


def test_bases_that_all_items_share_are_kept_and_found_anew_where_items_come_beside_them() -> None:
    changes = {"codec": "bases:count=16,shrink=1,images=2"}
    synthetic = made(digits(), **changes)
    same = begun(digits(), synthetic, 2, **changes)
    assert torch.equal(same.codec.bases, synthetic.codec.bases)
    larger = begun(digits(), synthetic, 3, **changes)
    assert not torch.equal(larger.codec.bases, synthetic.codec.bases)
    decoded, own = larger.decode().inputs.unflatten(0, (10, 6))[:, :4], synthetic.decode().inputs.unflatten(0, (10, 4))
    assert (decoded - own).square().mean() < 0.3 * own.square().mean(), "they are what the new bases make of them"


@pytest.mark.parametrize("learnt", [1, 3])
def test_learnt_rates_are_kept_where_as_many_are_learnt(learnt: int) -> None:
    synthetic = begin(blobs(), replace(Recipe(random, Contract("quick")), rates=Rates(0.3)), counts(blobs(), 2), Rng(0))
    synthetic.provenance = made(blobs()).provenance
    for each in (2, 3):
        found = begun(blobs(), synthetic, each, rates=Rates(0.05, learnt)).rates()
        torch.testing.assert_close(found, torch.tensor([0.3] if learnt == 1 else [0.05] * 3))


def test_a_set_in_another_order_is_sorted() -> None:
    synthetic = made(blobs(), codec="raw")
    order = torch.tensor([5, 0, 3, 1, 4, 2])
    rows, groups = synthetic.codec.data[order], synthetic.groups[order]
    other = SyntheticSet(Raw(rows), Soft(torch.eye(3)[groups]), groups, Contract("quick"))
    other.provenance = synthetic.provenance
    for each in (2, 3):
        found = begun(blobs(), other, each, codec="raw", labels="soft")
        own = found.codec.data.detach().unflatten(0, (3, each))[:, :2].flatten(0, 1)
        assert torch.equal(own, synthetic.codec.data.detach()[torch.tensor([0, 1, 3, 2, 5, 4])])
        assert found.groups.tolist() == torch.arange(3).repeat_interleave(each).tolist()


def test_more_than_the_budget_holds_says_what_would() -> None:
    synthetic = made(blobs(), 3)
    with pytest.raises(BudgetError, match=r"has 3 items of '0' and this budget holds 2: give one that is 1\.5 times"):
        begun(blobs(), synthetic, 2)
    pictures = made(task("image"), codec="multi-formation:factor=2")
    with pytest.raises(
        BudgetError, match=r"has 8 examples of '\w+' and this budget holds 5: give one that is 1\.6 times"
    ):
        begun(task("image"), pictures, 5)
    assert len(begun(task("image"), made(task("image"), 8), 2, codec="multi-formation:factor=2")) == 6


def test_a_graph_with_edges_takes_no_nodes_beside_it() -> None:
    synthetic = made(task("graph"), codec="graph-nodes:structure=True")
    same = begun(task("graph"), synthetic, 2, codec="graph-nodes:structure=True")
    assert torch.equal(same.codec.adjacency, synthetic.codec.adjacency)
    for codec in ("graph-nodes:structure=True", "graph-generator"):
        with pytest.raises(RequestError, match=rf"read together.* ask for as many, --size {len(synthetic)}$"):
            begun(task("graph"), synthetic, 3, codec=codec)
    generated = begun(task("graph"), synthetic, 2, codec="graph-generator")
    assert torch.equal(generated.codec.features, synthetic.codec.features), "its nodes stay and its edges begin anew"


def other_classes() -> Task:
    return condenset.open_task((np.random.default_rng(0).normal(size=(40, 5)), ["a", "b", "c", "d"] * 10))


def other_names() -> Task:
    return condenset.open_task((np.random.default_rng(0).normal(size=(39, 5)), ["a", "b", "c"] * 13))


def other_width() -> Task:
    return condenset.open_task((np.random.default_rng(0).normal(size=(39, 4)), ["0", "1", "2"] * 13))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (other_classes, r"of the classes 0, 1, 2, and '.*' has those of the classes a, b, c, d"),
        (other_names, r"of the classes 0, 1, 2, and '.*' has those of the classes a, b, c"),
        (line, r"and 'line' has those that predict"),
        (other_width, r"does not fit the data '.*': examples are \(5,\) where \(4,\) was expected"),
    ],
)
def test_a_start_among_other_data_is_refused(data: Any, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        begun(data(), made(blobs()), 2)


def test_a_whitened_start_is_refused_by_data_that_are_not(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    whitened = made(condenset.open_task("digits", zca="relative"))
    with pytest.raises(RequestError, match="only one of them has zca"):
        begun(digits(), whitened, 2)


def test_a_set_that_was_put_together_by_hand_is_refused() -> None:
    synthetic = made(blobs())
    synthetic.provenance = None
    with pytest.raises(RequestError, match="take a set that distill or load returned"):
        begun(blobs(), synthetic, 2)
