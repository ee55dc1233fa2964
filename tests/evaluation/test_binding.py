"""The digest of test data follows what a score depends on."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import torch

from condenset.core.batch import Batch
from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.evaluation.binding import Binding, bound_to, held_out_digest
from condenset.evaluation.known_scores import score_key
from condenset.tasks.task import Task
from tests.examples import blobs


def given(batch: Batch) -> Batch:
    return batch


def graded_on(batch: Batch) -> Task:
    return replace(blobs(), held_out=partial(given, batch))


def test_other_test_labels_inputs_or_weights_are_other_data_to_a_kept_score() -> None:
    batch = blobs().held_out()
    assert isinstance(batch.inputs, torch.Tensor) and isinstance(batch.targets, torch.Tensor)
    changed = [
        replace(batch, targets=batch.targets.roll(1)),
        replace(batch, inputs=batch.inputs + 1),
        replace(batch, weight=2 * batch.weight),
    ]
    tasks = [graded_on(one) for one in (batch, *changed)]
    drawn = blobs().train.sample(2, Rng(0))
    assert len({held_out_digest(task) for task in tasks}) == 4
    assert len({score_key("learner", task, drawn, Rng(0)) for task in tasks}) == 4
    assert held_out_digest(graded_on(replace(batch))) == held_out_digest(blobs())


def test_other_edges_among_the_nodes_to_test_are_other_data() -> None:
    features, labels = torch.eye(3), torch.tensor([0, 1, 0])
    graphs = [Nodes(features, adjacency.to_sparse_csr()) for adjacency in (torch.eye(3), torch.ones(3, 3))]
    batches = [Batch(graph, labels, labels, torch.ones(3)) for graph in graphs]
    assert len({held_out_digest(graded_on(batch)) for batch in batches}) == 2


def test_a_binding_names_sets_and_data() -> None:
    task = blobs()
    expected = Binding(("ab",), task.fingerprint["sha256"], held_out_digest(task))
    assert bound_to(("ab",), task) == expected
