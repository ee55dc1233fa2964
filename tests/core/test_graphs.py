"""Many graphs in one union: choosing takes whole graphs, against plain loops over dense matrices."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from condenset.core.batch import Batch, concatenate
from condenset.core.errors import RequestError
from condenset.core.graphs import Graphs
from condenset.core.spec import Leaf
from condenset.core.structure import expect_fit, joint, length, nbytes, of_vectors, spec_of, take
from tests.conftest import close
from tests.examples import normal


def graphs(sizes: tuple[int, ...] = (3, 1, 4), seed: int = 0) -> Graphs:
    """Chains of so many nodes, both directions, weighted by the number of the edge, their edges shuffled."""
    pairs, first = [], 0
    for size in sizes:
        pairs += [(first + a, first + b) for n in range(size - 1) for a, b in ((n, n + 1), (n + 1, n))]
        first += size
    edges = torch.tensor(pairs, dtype=torch.int64).T[
        :, torch.randperm(len(pairs), generator=torch.Generator().manual_seed(1))
    ]
    weights = 1 + torch.arange(float(edges.shape[1]))
    return Graphs(normal(first, 2, seed=seed), edges, weights, torch.tensor(sizes))


def dense(graphs: Graphs) -> list[tuple[Tensor, Tensor]]:
    """Features and adjacency of every graph."""
    found, first = [], 0
    for size in graphs.sizes.tolist():
        matrix = torch.zeros(size, size)
        for (a, b), weight in zip(graphs.edges.T.tolist(), graphs.weights.tolist(), strict=True):
            if first <= a < first + size:
                matrix[a - first, b - first] = weight
        found.append((graphs.features[first : first + size], matrix))
        first += size
    return found


def same(one: list[tuple[Tensor, Tensor]], other: list[tuple[Tensor, Tensor]]) -> bool:
    return all(torch.equal(a, c) and torch.equal(b, d) for (a, b), (c, d) in zip(one, other, strict=True))


@pytest.mark.parametrize("index", [[2, 0], [1], [0, 0, 2, 1], []])
def test_choosing_takes_whole_graphs_with_their_edges(index: list[int]) -> None:
    whole = graphs()
    part = whole.take(torch.tensor(index, dtype=torch.int64))
    assert len(part) == len(index)
    assert same(dense(part), [dense(whole)[number] for number in index])


def test_graphs_one_after_another_and_taken_apart_again() -> None:
    one, other = graphs(), graphs((2, 5), seed=3)
    both = one.joined([other])
    assert same(dense(both), [*dense(one), *dense(other)])
    assert same(dense(take(both, torch.tensor([3, 4]))), dense(other))


def test_a_batch_of_graphs_is_no_different_from_one_of_rows() -> None:
    labels = torch.tensor([0, 1, 0])
    batch = Batch(graphs(), labels, labels, torch.ones(3))
    assert not joint(batch.inputs) and length(batch.inputs) == len(batch) == 3
    parts = batch.parts(2)
    assert [len(part) for part in parts] == [2, 1] and same(dense(concatenate(parts).inputs), dense(batch.inputs))
    assert batch.to("cpu").inputs.features.dtype == torch.float32
    assert nbytes(batch.inputs) == 8 * 2 * 4 + 10 * 2 * 8 + 10 * 4 + 3 * 8
    assert spec_of(batch.inputs) == Leaf((2,), "float32", "graphs")
    expect_fit(batch.inputs, Leaf((2,), meaning="graphs"))


def test_spreading_and_pooling_are_matrix_products() -> None:
    whole = graphs()
    spread = whole.spread(whole.features)
    expected = torch.cat([matrix.T @ features for features, matrix in dense(whole)])
    close(spread, expected, 1e-6)
    close(whole.pooled(whole.features), torch.stack([features.sum(0) for features, _ in dense(whole)]), 1e-6)


def test_rows_are_no_graphs() -> None:
    with pytest.raises(RequestError, match="3 rows of numbers are no graphs"):
        of_vectors(normal(3, 2), Leaf((2,), meaning="graphs"))


def test_normalised_is_the_formula_on_dense_matrices() -> None:
    whole = graphs()
    even = Graphs(whole.features, whole.edges, torch.full_like(whole.weights, 0.5), whole.sizes)
    for (_, matrix), (_, found) in zip(dense(even), dense(even.normalised()), strict=True):
        looped = torch.zeros_like(matrix) + torch.eye(len(matrix)) + matrix
        scale = looped.sum(1).rsqrt()
        close(found, looped * scale[:, None] * scale, 1e-6)
    close(whole.averaged(whole.features), torch.stack([f.mean(0) for f, _ in dense(whole)]), 1e-6)
    assert whole.double().normalised().weights.dtype == torch.float64
