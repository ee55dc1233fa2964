"""Clients: their examples are those of the whole, in whatever order they are asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.clients import ClientsView
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.examples import blobs


def shares(task: Task, count: int = 3) -> list[Batch]:
    """Every count-th example, as many batches."""
    whole = task.train.all()
    return [whole.select(torch.arange(start, len(whole), count)) for start in range(count)]


def federated(task: Task, count: int = 3) -> Task:
    views = [InMemoryView(share, task.train.groups) for share in shares(task, count)]
    return replace(task, train=ClientsView(views))


def test_the_view_holds_every_example_of_every_client_once() -> None:
    whole, parts = blobs().train, federated(blobs()).train
    assert len(parts) == len(whole) and parts.counts().tolist() == whole.counts().tolist()
    for group in range(whole.groups):
        mine, other = (view.select(view.members(group)) for view in (parts, whole))
        assert (mine.groups == group).all()
        assert sorted(mine.inputs.tolist()) == sorted(other.inputs.tolist())
    epoch = torch.cat([batch.inputs for batch in parts.epoch(7, Rng(0))])
    assert sorted(epoch.tolist()) == sorted(whole.all().inputs.tolist())
    assert parts.scale() == pytest.approx(whole.scale(), rel=1e-5)


def test_what_is_selected_comes_in_the_order_of_the_index() -> None:
    parts, index = federated(blobs()).train, torch.tensor([50, 3, 66, 3, 20])
    chosen = parts.select(index)
    for place, number in enumerate(index.tolist()):
        assert torch.equal(chosen.inputs[place], parts.select(torch.tensor([number])).inputs[0])


def test_clients_of_other_groups_are_refused() -> None:
    views = [InMemoryView(blobs().train.all(), 3), blobs(classes=4).train]
    with pytest.raises(DataError, match="2 clients do not share their groups"):
        ClientsView(views)
