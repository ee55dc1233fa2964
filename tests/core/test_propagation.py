"""Propagation against the golden vectors, NumPy and the algebra of its inverse."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
import torch

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes, features_only
from condenset.core.propagation import (
    dense_block,
    expect_weights,
    normalise_adjacency,
    recover_adjacency,
)
from tests.conftest import close, golden


def weighted(nodes: int = 7) -> torch.Tensor:
    """A symmetric weighted adjacency with zero diagonal and one node alone."""
    values = np.random.default_rng(3).uniform(0, 1, (nodes, nodes))
    values = np.triu(values * (values > 0.4), 1)
    values[:, -1] = 0
    return torch.from_numpy(values + values.T)


def test_dense_matches_golden() -> None:
    vectors = golden("modalities/graphs_norm_adj")
    close(normalise_adjacency(vectors["in_adj"]), vectors["out_norm_dense"], 1e-12)


def test_sparse_matches_golden() -> None:
    vectors = golden("modalities/graphs_norm_adj")
    result = normalise_adjacency(sp.csr_array(vectors["in_adj"].numpy()))
    assert result.layout == torch.sparse_csr
    close(result.to_dense(), vectors["out_norm_sparse"], 1e-12)


def test_dense_is_differentiable() -> None:
    adjacency = weighted(4).requires_grad_()
    assert torch.autograd.gradcheck(normalise_adjacency, adjacency)


def test_node_without_edges_keeps_its_own_features() -> None:
    adjacency = weighted()
    for form in (normalise_adjacency(adjacency), normalise_adjacency(sp.csr_array(adjacency.numpy())).to_dense()):
        close(form[-1], torch.eye(7, dtype=torch.float64)[-1], 1e-15)


def test_results_are_exactly_symmetric() -> None:
    single = weighted(40).float()
    for form in (normalise_adjacency(single), normalise_adjacency(sp.csr_array(single.numpy())).to_dense()):
        assert torch.equal(form, form.T)


def test_recover_inverts_normalise() -> None:
    adjacency = weighted()
    close(recover_adjacency(normalise_adjacency(adjacency)), adjacency, 1e-14)


def test_recover_refuses_a_propagation_without_self_loops() -> None:
    with pytest.raises(RequestError, match="diagonal entry of 0"):
        recover_adjacency(torch.zeros(3, 3))


@pytest.mark.parametrize("sparse", [False, True])
def test_induced_is_the_subgraph_of_the_adjacency(sparse: bool) -> None:
    adjacency, index = weighted(), torch.tensor([4, 0, 3])
    propagation = normalise_adjacency(sp.csr_array(adjacency.numpy()) if sparse else adjacency)
    features = torch.arange(14, dtype=torch.float64).view(7, 2)
    part = Nodes(features, propagation).take(index)
    looped = adjacency.numpy()[np.ix_([4, 0, 3], [4, 0, 3])] + np.eye(3)
    root = np.diag(looped.sum(1) ** -0.5)
    close(part.propagation, torch.from_numpy(root @ looped @ root), 1e-14)
    assert torch.equal(part.features, features[index])


def test_induced_of_a_graph_without_structure_has_none() -> None:
    part = features_only(torch.rand(5, 2, generator=torch.Generator().manual_seed(0))).take(torch.tensor([1, 4]))
    assert torch.equal(part.propagation, torch.eye(2))


def test_dense_block_of_sparse_equals_that_of_dense() -> None:
    dense, index = weighted(), torch.tensor([6, 2, 5])
    assert torch.equal(dense_block(dense.to_sparse_csr(), index), dense_block(dense, index))


def test_sparse_propagation_has_second_derivatives_in_the_values() -> None:
    adjacency = weighted()
    values = torch.linspace(-1, 1, 14, dtype=torch.float64).view(7, 2).requires_grad_()
    graph = Nodes(values, normalise_adjacency(sp.csr_array(adjacency.numpy())))
    assert torch.autograd.gradgradcheck(lambda v: graph.spread(v).pow(3), values)


@pytest.mark.parametrize(
    ("adjacency", "message"),
    [
        (torch.zeros(2, 3), "shape"),
        (torch.tensor([[0.0, -1.0], [-1.0, 0.0]]), "-1"),
        (torch.tensor([[0.0, torch.inf], [torch.inf, 0.0]]), "inf"),
        (torch.tensor([[0.0, 1.0], [0.0, 0.0]]), "transpose by 1"),
    ],
)
def test_weights_that_are_no_adjacency_are_refused(adjacency: torch.Tensor, message: str) -> None:
    with pytest.raises(RequestError, match=message):
        expect_weights(adjacency)
