"""Representatives: one example of every cluster, under the network."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.samplers.representatives import representatives
from condenset.tasks.task import Task
from tests.conformance import examples
from tests.examples import normal, task_of

PLACES = torch.tensor([0.0, 20.0, 40.0, 60.0])


def clustered() -> Task:
    """Two classes of four tight clusters each, one of them large; all are candidates."""
    sizes = torch.tensor([13, 1, 1, 1])
    rows = PLACES.repeat_interleave(sizes)[:, None] + 0.1 * normal(16, 3)
    return task_of(torch.cat([rows, rows + 500]), torch.arange(2).repeat_interleave(16), 2, "tabular")


def test_every_cluster_has_one_however_small_it_is() -> None:
    task = clustered()
    network = task.network("mlp:width=16,depth=1", Rng(0))
    batch = representatives(task, network, 4, Rng(0))
    assert batch.groups.tolist() == [0] * 4 + [1] * 4
    for group in range(2):
        found = (batch.inputs[4 * group : 4 * group + 4].mean(1) - 500 * group).sort().values
        torch.testing.assert_close(found, PLACES, atol=0.5, rtol=0)


def test_a_smaller_group_is_taken_whole_and_a_graph_keeps_its_nodes() -> None:
    for name in ("tabular", "graph"):
        task = examples.task(name)
        network = task.network(examples.NETWORKS[task.modality.name], Rng(0))
        batch = representatives(task, network, 1000, Rng(0))
        there = batch.groups[batch.examples()]
        assert torch.bincount(there).tolist() == task.train.counts().tolist()


def test_the_choice_follows_from_the_stream() -> None:
    task = examples.task("tabular")
    network = task.network("mlp:width=8,depth=1", Rng(0))
    one, same, other = (representatives(task, network, 3, Rng(seed)).inputs for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
