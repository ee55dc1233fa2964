"""GC-SNTK against golden vectors, explicit Kronecker products, and its variances against whole matrices."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes, features_only
from condenset.core.rng import Rng
from condenset.kernels import sntk
from condenset.kernels.kernel import named_kernel
from condenset.kernels.ridge import ridge_predict
from condenset.kernels.sntk import SNTK, neighbour_matrix
from tests.conftest import close, golden


def random_graph(nodes: int, seed: int) -> Nodes:
    """A symmetric sparse CSR pattern with self-loops and values that must not matter."""
    rng = Rng(seed).numpy()
    adjacency = np.eye(nodes)
    pairs = rng.integers(0, nodes, (2 * nodes, 2))
    adjacency[pairs[:, 0], pairs[:, 1]] = adjacency[pairs[:, 1], pairs[:, 0]] = rng.uniform(0.1, 2.0, len(pairs))
    return Nodes(torch.tensor(rng.normal(size=(nodes, 4))), torch.tensor(adjacency).to_sparse_csr())


def kronecker_kernel(a: Nodes, b: Nodes, hops: int, layers: int) -> np.ndarray:
    """The definition ("average" scale), from whole matrices over pairs of nodes of `a` beside `b`."""
    blocks = [(g.propagation.to_dense() != 0).double().numpy() for g in (a, b)]
    means = [block / block.sum(1, keepdims=True) for block in blocks]
    sets = [g.features.numpy() for g in (a, b)]
    sigma = {(i, j): sets[i] @ sets[j].T for i in (0, 1) for j in (0, 1)}
    theta = sigma[0, 1]
    for _ in range(hops):
        spread = lambda k, i, j: (np.kron(means[i], means[j]) @ k.ravel()).reshape(k.shape)
        sigma, theta = {(i, j): spread(k, i, j) for (i, j), k in sigma.items()}, spread(theta, 0, 1)
        for _ in range(layers):
            root = [np.sqrt(np.diag(sigma[i, i])) for i in (0, 1)]
            norm = {(i, j): np.outer(root[i], root[j]) for i, j in sigma}
            cosine = {key: np.clip(k / norm[key], -0.9999, 0.9999) for key, k in sigma.items()}
            back = {key: np.pi - np.arccos(c) for key, c in cosine.items()}
            sigma = {key: (c * back[key] + np.sqrt(1 - c * c)) / np.pi * norm[key] for key, c in cosine.items()}
            theta = theta * back[0, 1] / np.pi + sigma[0, 1]
    return theta


@pytest.mark.parametrize("scale", ["average", "add"])
@pytest.mark.parametrize(("kappa0_at", "suffix"), [("before", "_paper"), ("updated", "")])
def test_golden_kernels(scale, kappa0_at, suffix) -> None:
    vectors = golden("modalities/graphs_gcsntk")
    kernel = named_kernel(f"sntk:hops=2,layers=2,scale={scale},kappa0_at={kappa0_at}")
    synthetic = Nodes(vectors["in_x_s"], vectors["in_adj_s"])
    target = Nodes(vectors["in_x_t"], vectors["in_adj_t"].to_sparse_csr())
    close(kernel(synthetic, synthetic), vectors[f"out_Kss_{scale}{suffix}"], 1e-10)
    close(kernel(target, synthetic), vectors[f"out_Kts_{scale}{suffix}"], 1e-10)


def test_golden_prediction() -> None:
    vectors = golden("modalities/graphs_gcsntk")
    synthetic, target = (Nodes(vectors[f"in_x_{s}"], vectors[f"in_adj_{s}"]) for s in "st")
    kernel = SNTK(kappa0_at="updated")
    ridge = float(vectors["in_ridge"])
    logits = ridge_predict(kernel(target, synthetic), kernel(synthetic, synthetic), vectors["in_y_s"], ridge)
    close(logits.softmax(1), vectors["out_pred"], 1e-8)
    hits = (logits.argmax(1) == vectors["in_y_t"].argmax(1)).double().mean()
    close(hits, vectors["out_acc"], 1e-12)


@pytest.mark.parametrize(("hops", "layers"), [(1, 1), (2, 2), (3, 1)])
def test_equals_the_definition_with_kronecker_products(hops, layers) -> None:
    a, b = random_graph(9, 0), random_graph(6, 1)
    close(SNTK(hops, layers)(a, b), torch.tensor(kronecker_kernel(a, b, hops, layers)), 1e-10)


def test_without_hops_it_is_linear() -> None:
    a, b = random_graph(5, 0), random_graph(4, 1)
    close(SNTK(hops=0)(a, b), a.features @ b.features.T, 1e-12)


@pytest.mark.parametrize("hops", [2, 3])
def test_small_blocks_give_the_same_variances(hops, monkeypatch) -> None:
    whole = SNTK(hops)(random_graph(12, 0), random_graph(12, 0))
    monkeypatch.setattr(sntk, "_BLOCK_ENTRIES", 36)
    close(SNTK(hops)(random_graph(12, 0), random_graph(12, 0)), whole, 1e-12)


def test_gradient_by_synthetic_features_is_the_difference_quotient() -> None:
    real = random_graph(8, 0)
    x = torch.randn(3, 4, generator=Rng(2).torch(), dtype=torch.float64, requires_grad=True)

    def value(x: torch.Tensor) -> torch.Tensor:
        return SNTK()(features_only(x), features_only(x)).sum() + SNTK()(features_only(x), real).sum()

    assert torch.autograd.gradcheck(value, x)


def test_a_constant_graph_is_prepared_once_and_forgotten_with_it(monkeypatch) -> None:
    calls = []
    prepare = SNTK._prepare
    monkeypatch.setattr(SNTK, "_prepare", lambda self, graph: (calls.append(graph.features), prepare(self, graph))[1])
    real, before = random_graph(8, 0), len(sntk._PREPARED)
    x = torch.ones(2, 4, dtype=torch.float64, requires_grad=True)
    for _ in range(3):
        SNTK()(features_only(x), real)
    assert sum(features is real.features for features in calls) == 1 and len(calls) == 4
    assert len(sntk._PREPARED) == before + 1
    del real
    assert len(sntk._PREPARED) == before


def test_an_isolated_node_and_a_zero_row_stay_finite() -> None:
    x = torch.tensor([[0.0, 0.0], [1.0, 2.0]], requires_grad=True)
    kernel = SNTK()(Nodes(x, torch.tensor([[1.0, 0.0], [0.0, 0.0]])), features_only(x))
    kernel.sum().backward()
    assert torch.isfinite(kernel).all() and torch.isfinite(x.grad).all()


def test_sparse_and_dense_patterns_agree_and_ignore_stored_zeros() -> None:
    dense = torch.tensor([[0.5, 0.0, 2.0], [0.0, 1.0, 0.0], [2.0, 0.0, 3.0]])
    stored_zero = torch.sparse_csr_tensor(
        torch.tensor([0, 3, 4, 6]), torch.tensor([0, 1, 2, 1, 0, 2]), torch.tensor([0.5, 0.0, 2.0, 1.0, 2.0, 3.0])
    )
    expected = torch.tensor([[0.5, 0.0, 0.5], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]])
    for propagation in (dense, stored_zero):
        matrix = neighbour_matrix(Nodes(torch.ones(3, 1), propagation), "average").to_dense()
        close(matrix, expected, 1e-7)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 10))
def test_one_graph_with_itself_is_symmetric_positive_semidefinite(seed, nodes) -> None:
    graph = random_graph(nodes, seed)
    kernel = SNTK()(graph, graph)
    close(kernel, kernel.T, 1e-10)
    # The clip at 0.9999 lowers the diagonal, so zero eigenvalues may fall below zero by that much.
    assert torch.linalg.eigvalsh(kernel)[0] >= -1e-3 * kernel.diagonal().mean()


def test_refuses_tensors() -> None:
    with pytest.raises(RequestError, match="reads nodes"):
        SNTK()(torch.ones(2, 2), torch.ones(2, 2))
