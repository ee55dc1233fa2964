"""Graph tasks: what training may see, the two settings, and that a graph network learns Cora."""

from __future__ import annotations

import pytest
import torch
from torch.nn.functional import cross_entropy

from condenset.core.budget import Size
from condenset.core.errors import BudgetError, RequestError, UnknownNameError
from condenset.core.nodes import Nodes
from condenset.core.registries import MODALITIES
from condenset.core.rng import Rng
from condenset.recipe import budgeted
from condenset.tasks.graph.loading import graph_from_data, open_graph
from condenset.tasks.task import Task
from tests.tasks.graph.example import data, task


@pytest.fixture(scope="module")
def cora() -> Task:
    """Cora with its public split."""
    return open_graph("cora")


def test_transductive_training_sees_all_nodes_and_no_other_label() -> None:
    opened = task()
    batch = opened.train.batch
    assert batch.weight.tolist() == [1.0, 1.0, 0, 0, 0, 0] * 2
    assert batch.targets.tolist() == [0] * 6 + [1, 1, 0, 0, 0, 0]
    assert torch.equal(batch.groups, batch.targets)
    assert opened.train.counts().tolist() == [2, 2]
    assert len(batch.inputs) == 12


def test_a_budget_may_be_as_large_as_published_and_a_share_is_of_all_nodes() -> None:
    """Published sets have as many nodes as have labels (Cora 140), and ratios count all nodes (2.6 % of 2708)."""
    opened = task()
    assert opened.train.present() == 12
    counts, _ = budgeted("random", opened, Size(items=4), {})
    assert counts.tolist() == [2, 2]
    counts, _ = budgeted("random", opened, Size(ratio=0.17), {})
    assert counts.tolist() == [1, 1]
    with pytest.raises(BudgetError, match="0 has 2 for 3 items"):
        budgeted("random", opened, Size(per_class=3), {})


def test_validation_and_test_share_the_graph_and_show_their_own_labels() -> None:
    opened = task()
    held_out = opened.held_out()
    assert opened.validation is not None
    assert held_out.inputs is opened.train.batch.inputs is opened.validation.inputs
    assert opened.validation.examples().tolist() == [2, 8]
    assert opened.validation.targets[opened.validation.examples()].tolist() == [0, 1]
    assert held_out.examples().tolist() == [3, 4, 5, 9, 10, 11]
    assert held_out.targets.tolist() == [0] * 9 + [1] * 3


def test_hidden_labels_do_not_reach_the_training_data() -> None:
    turned = data(y=torch.where(data().test_mask, 1 - data().y, data().y))
    other, opened = graph_from_data(turned), task()
    assert torch.equal(other.train.batch.targets, opened.train.batch.targets)
    assert other.fingerprint == opened.fingerprint
    assert not torch.equal(other.held_out().targets, opened.held_out().targets)


def test_inductive_training_sees_the_induced_graph_only() -> None:
    opened = task(setting="inductive")
    inputs = opened.train.batch.inputs
    assert isinstance(inputs, Nodes)
    pairs = torch.block_diag(*[torch.full((2, 2), 0.5)] * 2)
    torch.testing.assert_close(inputs.propagation.to_dense(), pairs)
    assert opened.train.batch.targets.tolist() == [0, 0, 1, 1]
    assert opened.train.batch.weight.tolist() == [1.0] * 4
    assert len(opened.held_out()) == 12
    assert opened.preprocessing["setting"] == "inductive"


def test_without_validation_nodes_there_is_no_validation_batch() -> None:
    assert graph_from_data(data(val_mask=None)).validation is None


def test_fingerprint_follows_features_and_edges() -> None:
    base = task().fingerprint
    assert base["rows"] == 4
    assert base == task().fingerprint
    edges = data().edge_index.clone()
    edges[1, 0] = 7
    assert graph_from_data(data(edge_index=edges)).fingerprint["sha256"] != base["sha256"]
    assert graph_from_data(data(x=data().x + 1)).fingerprint["sha256"] != base["sha256"]


@pytest.mark.real_data("planetoid/cora/raw")
def test_cora_opens_again_from_its_source(cora: Task) -> None:
    assert (cora.name, cora.input_spec.shape, cora.target.outputs) == ("cora", (1433,), 7)
    again = open_graph(**cora.source)
    assert again.fingerprint == cora.fingerprint
    assert cora.preprocessing["features"] == "rows divided by their sum (L1)"


@pytest.mark.real_data("planetoid/cora/raw")
def test_sgc_learns_cora(cora: Task) -> None:
    network = cora.network("sgc", Rng(0)).trainable()
    batch = cora.train.batch
    optimiser = torch.optim.Adam(network.parameters.values(), lr=0.2, weight_decay=5e-5)
    chosen = batch.examples()
    for _ in range(60):
        optimiser.zero_grad()
        cross_entropy(network(batch.inputs).logits[chosen], batch.targets[chosen]).backward()
        optimiser.step()
    held_out = cora.held_out()
    test = held_out.examples()
    accuracy = cora.target.grades(network(held_out.inputs).logits[test], held_out.targets[test])["accuracy"]
    assert accuracy > 0.77, "SGC is reported at 0.81 on this split"


def test_unknown_names_and_options_are_refused() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'cora'"):
        open_graph("coda")
    with pytest.raises(RequestError, match="'half'"):
        task(setting="half")
    with pytest.raises(RequestError, match="'mine'"):
        task(split="mine")


def test_the_modality_is_found_and_declared() -> None:
    assert task().modality is MODALITIES.get("graph")
    declared = MODALITIES.declared("graph")
    assert (declared["network"], declared["codec"], declared["kernel"]) == ("gcn", "graph-nodes", "sntk")
    assert set(declared["datasets"]) == {"cora", "citeseer", "pubmed"}
