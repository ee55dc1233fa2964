"""Graph nodes: what is stored, what comes back, what is refused."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.graph_nodes import GraphNodes
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.registries import CODECS
from tests.conftest import close
from tests.tasks.graph.example import task

TASK = task()


def graph() -> Nodes:
    """Five nodes with weighted edges."""
    draw = torch.Generator().manual_seed(0)
    weights = torch.rand(5, 5, generator=draw).triu(1)
    return Nodes(torch.randn(5, 3, generator=draw), normalise_adjacency(weights + weights.T))


def test_without_structure_nodes_stand_alone() -> None:
    decoded = GraphNodes.encode(graph(), TASK)()
    assert torch.equal(decoded.features, graph().features)
    assert torch.equal(decoded.propagation, torch.eye(5))


@pytest.mark.parametrize("sparse", [False, True])
def test_with_structure_the_propagation_comes_back(sparse: bool) -> None:
    real = graph()
    inputs = Nodes(real.features, real.propagation.to_sparse_csr() if sparse else real.propagation)
    codec = GraphNodes.encode(inputs, TASK, structure=True)
    close(codec().propagation, real.propagation, 1e-6)
    assert codec.adjacency is not None
    assert torch.equal(codec.adjacency.diagonal(), torch.zeros(5))


@pytest.mark.parametrize("structure", [False, True])
def test_restore_is_exact(structure: bool) -> None:
    codec = GraphNodes.encode(graph(), TASK, structure=structure)
    again = GraphNodes.restore(codec.fields(), codec.state_dict())
    assert torch.equal(again().features, codec().features)
    assert torch.equal(again().propagation, codec().propagation)


@pytest.mark.parametrize(("structure", "floats"), [(False, 15), (True, 15 + 25)])
def test_stored_bytes_are_the_state_dict(structure: bool, floats: int) -> None:
    state = GraphNodes.encode(graph(), TASK, structure=structure).state_dict()
    assert sum(t.numel() * t.element_size() for t in state.values()) == 4 * floats


def test_only_features_are_learnt() -> None:
    codec = GraphNodes.encode(graph(), TASK, structure=True)
    assert list(codec.parameter_groups()) == ["data"]
    (gradient,) = torch.autograd.grad(codec().hop(1).sum(), codec.features)
    close(gradient, (graph().propagation.sum(0)[:, None]).expand(5, 3), 1e-6)


@pytest.mark.parametrize(
    ("adjacency", "message"),
    [
        (torch.zeros(4, 4), r"expected \(5, 5\)"),
        (torch.full((5, 5), -1.0), "finite weights"),
        (torch.full((5, 5), torch.nan), "finite weights"),
        (torch.ones(5, 5).triu(), "transpose"),
    ],
)
def test_a_hostile_adjacency_is_refused(adjacency: torch.Tensor, message: str) -> None:
    codec = GraphNodes.encode(graph(), TASK, structure=True)
    with pytest.raises(ArtifactError, match=message):
        GraphNodes.restore(codec.fields(), codec.state_dict() | {"adjacency": adjacency})


def test_missing_tensors_and_wrong_widths_are_refused() -> None:
    codec = GraphNodes.encode(graph(), TASK, structure=True)
    with pytest.raises(ArtifactError, match="'adjacency' is missing"):
        GraphNodes.restore(codec.fields(), {"features": codec.features.data})
    with pytest.raises(ArtifactError, match="3 columns: expected 4"):
        GraphNodes.restore(codec.fields() | {"features": 4}, codec.state_dict())


def test_a_tensor_is_no_graph() -> None:
    with pytest.raises(RequestError, match="no graph"):
        GraphNodes.encode(torch.zeros(2, 3), TASK)


def test_it_is_registered() -> None:
    assert CODECS.get("graph-nodes") is GraphNodes
