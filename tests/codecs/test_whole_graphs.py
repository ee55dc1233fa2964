"""Whole graphs: stored at the price of what they are, read without their data, and nothing damaged is opened."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

import condenset
from condenset.codecs.whole_graphs import WholeGraphs
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, BudgetError, RequestError
from tests.core.test_graphs import dense, same
from tests.examples import blobs
from tests.tasks.graphs import example

TASK = example.task()


def some() -> WholeGraphs:
    return WholeGraphs.encode(TASK.train.batch.inputs.take(torch.arange(4)), TASK)


@pytest.mark.parametrize("attributes", [False, True])
def test_all_training_graphs_cost_what_was_said(attributes: bool) -> None:
    task = example.task(attributes=attributes)
    codec = WholeGraphs.encode(task.train.batch.inputs, task)
    stored = sum(tensor.nbytes for tensor in codec.state_dict().values())
    price = WholeGraphs.item_bytes(task.input_spec) * len(task.train)
    assert 0 <= price - stored < len(task.train)  # a fraction of a byte each
    assert same(dense(codec()), dense(task.train.batch.inputs))
    assert same(dense(codec(torch.tensor([3]))), dense(task.train.batch.inputs.take(torch.tensor([3]))))


def test_a_saved_set_is_read_without_its_data(tmp_path: Path) -> None:
    made = condenset.distill(TASK, "random", size=Size(per_class=2))
    again = condenset.load(made.save(tmp_path / "set"))
    assert same(dense(made.decode().inputs), dense(again.decode().inputs))


def test_a_budget_in_bytes_that_the_graphs_exceed_is_refused() -> None:
    price = TASK.input_spec.native + 1
    outcomes = []
    for seed in range(12):
        try:
            outcomes.append(condenset.distill(TASK, "random", size=Size(bytes=6 * price), seed=seed).nbytes().total)
        except BudgetError as error:
            assert f"more than the {6 * price} asked for" in str(error)
    assert outcomes and max(outcomes) <= 6 * price


def test_other_data_are_refused() -> None:
    with pytest.raises(RequestError, match="stores graphs and"):
        WholeGraphs.encode(torch.zeros(2, 3), blobs())


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("nodes", lambda nodes: nodes + 1),
        ("links", lambda links: links.float()),
        ("edges", lambda edges: edges.flip(0)),
        ("edges", lambda edges: edges[0]),
        ("tags", lambda tags: tags[:-1]),
    ],
)
def test_what_was_altered_is_refused(name, change) -> None:
    codec = some()
    tensors = codec.state_dict()
    with pytest.raises(ArtifactError):
        WholeGraphs.restore(codec.fields(), tensors | {name: change(tensors[name])})


def test_what_is_missing_or_of_another_width_is_refused() -> None:
    task = example.task(attributes=True)
    codec = WholeGraphs.encode(task.train.batch.inputs, task)
    with pytest.raises(ArtifactError, match="columns: expected 5"):
        WholeGraphs.restore({"features": 5}, codec.state_dict())
    with pytest.raises(ArtifactError, match="'edges' is"):
        WholeGraphs.restore(codec.fields(), {k: v for k, v in codec.state_dict().items() if k != "edges"})


def test_graphs_without_edges_are_stored_too() -> None:
    graphs = TASK.train.batch.inputs.take(torch.arange(2))
    bare = type(graphs)(graphs.features, graphs.edges[:, :0], graphs.weights[:0], graphs.sizes)
    codec = WholeGraphs.encode(bare, TASK)
    assert same(dense(WholeGraphs.restore(codec.fields(), codec.state_dict())()), dense(bare))
