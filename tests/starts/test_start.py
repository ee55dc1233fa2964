"""What every start promises: so many examples of every group, group after group, repeatable."""

from __future__ import annotations

import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.registries import STARTS
from condenset.core.rng import Rng
from condenset.core.structure import numbers
from condenset.starts.start import Start
from condenset.tasks.task import Task
from tests.conformance.examples import quick
from tests.conftest import close
from tests.examples import blobs, digits, line
from tests.tasks.graph import example

TASKS = {"classes": blobs, "number": line, "images": digits, "graph": example.task}


def rows(batch: Batch) -> torch.Tensor:
    return numbers(batch.inputs)


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("name", STARTS.names())
def test_every_group_gets_its_items_in_order(name: str, kind: str) -> None:
    task: Task = TASKS[kind]()
    counts = torch.full((len(task.groups),), 2)
    counts[0] = 1
    start = quick(STARTS.get(name), task)
    batch, again = (start(task, counts, Rng(3)) for _ in range(2))
    assert isinstance(start, Start)
    assert batch.groups.tolist() == torch.arange(len(counts)).repeat_interleave(counts).tolist()
    assert batch.weight.tolist() == [1.0] * len(batch)
    assert rows(batch).shape == (len(batch), *task.input_spec.shape)
    assert torch.isfinite(rows(batch)).all()
    assert torch.isfinite(batch.targets.double()).all()
    assert torch.equal(rows(batch), rows(again))
    if "classes" in task.offers:
        assert torch.equal(batch.targets, batch.groups)


MADE = ("noise", "k-means")


@pytest.mark.parametrize("name", [name for name in STARTS.names() if name not in MADE])
@pytest.mark.parametrize("kind", TASKS)
def test_coresets_are_distinct_real_examples_with_their_targets(name: str, kind: str) -> None:
    task: Task = TASKS[kind]()
    batch = quick(STARTS.get(name), task)(task, torch.full((len(task.groups),), 2), Rng(3))
    train = task.train.batch
    found = [(rows(train) == row).flatten(1).all(1).nonzero().flatten() for row in rows(batch)]
    assert all(len(places) for places in found)
    assert len({int(places[0]) for places in found}) == len(batch)
    for places, target in zip(found, batch.targets, strict=True):
        assert any(torch.equal(train.targets[place], target) and train.weight[place] > 0 for place in places)


def test_cut_out_nodes_keep_the_edges_between_them() -> None:
    task = example.task()
    chosen = torch.tensor([7, 0, 1, 6])
    part = task.train.cut_out(chosen)
    edges = torch.zeros(4, 4)
    for a, b in ((1, 2), (0, 3)):  # nodes 0-1 and 7-6 are neighbours on their rings
        edges[a, b] = edges[b, a] = 1
    assert isinstance(part.inputs, Nodes)
    close(part.inputs.propagation, normalise_adjacency(edges), 1e-6)
    assert part.targets.tolist() == [1, 0, 0, 1]
    assert part.weight.tolist() == [1.0] * 4
