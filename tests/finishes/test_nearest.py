"""Real examples in place of learnt ones: the nearest of the same group, each once, with the labels kept."""

from __future__ import annotations

import torch

import condenset
from condenset.core.budget import Size
from condenset.core.rng import Rng
from condenset.finishes.nearest import nearest
from tests.examples import blobs, set_of
from tests.tasks.text import example


def test_every_item_becomes_the_nearest_example_of_its_group() -> None:
    task = blobs()
    some = task.train.sample(3, Rng(0))
    moved = some.inputs + 1e-3
    batch = nearest(task, set_of(moved, some.targets), Rng(0)).decode()
    assert torch.equal(batch.inputs, some.inputs) and torch.equal(batch.targets, some.targets)


def test_none_is_taken_twice() -> None:
    task = blobs()
    one = task.train.sample(1, Rng(0))
    twice = set_of(one.inputs.repeat_interleave(2, 0), one.targets.repeat_interleave(2))
    found = nearest(task, twice, Rng(0)).decode().inputs
    assert len(found.unique(dim=0)) == len(found)


def test_a_learnt_set_of_texts_becomes_readable() -> None:
    task = example.task()
    synthetic = condenset.distill(task, "kip", size=Size(per_class=2), changes={"steps": 3, "finish": "nearest"})
    batch = synthetic.decode()
    strings = batch.inputs.strings()
    train = task.train.batch
    known = dict(zip(train.inputs.strings(), train.groups.tolist(), strict=True))
    assert [known[text] for text in strings] == batch.groups.tolist()
    assert synthetic.labels.learnt and len(set(strings)) == 4
