"""The start from what experts get right: which examples, and what their labels are."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.rng import Rng
from condenset.sources.expert import Expert, StartRange
from condenset.starts.confident import Confident
from tests.conftest import close
from tests.examples import blobs
from tests.tasks.graph.example import communities

NAME = "mlp:width=4,depth=1"


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


def opinions(start: Confident, inputs: torch.Tensor) -> torch.Tensor:
    """Logits (experts, examples, classes) of the last checkpoints."""
    task, source = blobs(spread=3.0), start.source
    store, template = ExpertStore(source.experts, task, NAME, source.kept), task.network(NAME, Rng(0))
    ends = [store.checkpoint(n, source.kept[-1]) for n in range(source.experts.count)]
    return torch.stack([template(inputs, template.unflatten(end)).logits for end in ends])


@pytest.mark.parametrize(("epochs", "candidates"), [(8, 3), (1, 1)])
def test_examples_are_right_where_there_are_enough_and_labels_are_the_right_experts_mean(epochs, candidates) -> None:
    task = blobs(spread=3.0)
    experts = Experts(count=3, examples=None, batch=16, rate=0.02 * epochs)
    start = Confident(Expert(experts, epochs=epochs, starts=StartRange(end=1)), NAME, candidates)
    counts = torch.tensor([4, 2, 3])
    batch = start(task, counts, Rng(0))
    assert torch.bincount(batch.groups).tolist() == counts.tolist()
    assert batch.groups.tolist() == sorted(batch.groups.tolist())
    rows = {tuple(row.tolist()) for row in task.train.batch.inputs}
    assert all(tuple(row.tolist()) in rows for row in batch.inputs)
    logits = opinions(start, batch.inputs)
    right = logits.argmax(2) == batch.groups
    for k, group in enumerate(batch.groups.tolist()):
        sure = logits[right[:, k], k]
        expected = sure.mean(0).softmax(0) if len(sure) else torch.eye(3)[group]
        close(batch.targets[k], expected, 1e-4)
    assert right.any(0).all() == (candidates == 3)


def test_it_follows_from_its_stream() -> None:
    start = Confident(Expert(Experts(count=1, examples=20), epochs=1, starts=StartRange(end=1)), NAME)
    first, again, other = (start(blobs(), torch.tensor([2, 2, 2]), Rng(seed)) for seed in (0, 0, 1))
    assert torch.equal(first.inputs, again.inputs)
    assert not torch.equal(first.inputs, other.inputs)


def test_of_a_graph_labelled_nodes_are_taken_as_they_were_judged_in_it() -> None:
    task, network = communities(), "gcn:hidden=8"
    source = Expert(Experts(count=1, examples=None, rate=0.2, augment=False), epochs=8, starts=StartRange(end=1))
    batch = Confident(source, network)(task, torch.tensor([2, 1, 2, 1]), Rng(0))
    assert torch.bincount(batch.groups).tolist() == [2, 1, 2, 1] and len(batch.inputs) == 6
    real = task.train.all()
    drawn = task.network(network, Rng(0))
    scores = drawn(real.inputs, drawn.unflatten(source.store(task, network).checkpoint(0, 8))).logits
    for row, label, group in zip(batch.inputs.features, batch.targets, batch.groups, strict=True):
        (node,) = (real.inputs.features == row).all(1).nonzero().flatten().tolist()
        assert real.weight[node] > 0 and real.groups[node] == group
        if scores[node].argmax() == group:
            close(label, scores[node].softmax(0).detach(), 1e-4)
