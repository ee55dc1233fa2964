"""LiteGNTK against the released code's numbers, dense matrices, and itself in parts."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from condenset.core.errors import RequestError
from condenset.kernels import lite_gntk
from condenset.kernels.kernel import named_kernel
from condenset.kernels.lite_gntk import LiteGNTK
from condenset.kernels.ridge import ridge_predict
from tests.conftest import close, golden
from tests.core.test_graphs import dense
from tests.examples import normal
from tests.tasks.graphs import example

GRAPHS = example.task().train.batch.inputs.double()


def by_definition(a, b, hops: int) -> np.ndarray:
    """All aggregations of whole matrices between nodes, a pair of graphs at a time."""
    found = np.zeros((len(a), len(b)))
    sides = [[(f.numpy(), m.T.numpy().astype(float) + 1e-4 * np.eye(len(m))) for f, m in dense(g)] for g in (a, b)]
    for i, (x, p) in enumerate(sides[0]):
        for j, (y, q) in enumerate(sides[1]):
            sigma = p @ (x @ y.T + 1e-4) @ q.T
            norms = [np.sqrt(np.diag(m @ (f @ f.T + 1e-4) @ m.T)) for f, m in ((x, p), (y, q))]
            cosine = np.clip(sigma / (np.outer(*norms) + 1e-6), -0.9999, 0.9999)
            angle = np.arccos(cosine)
            theta = sigma * (1 - angle / math.pi) + (cosine * (math.pi - angle) + np.sin(angle)) / math.pi
            for _ in range(hops - 1):
                theta = p @ theta @ q.T
            found[i, j] = theta.mean()
    return found


@pytest.mark.parametrize("hops", [1, 3])
def test_it_is_the_definition_on_whole_matrices(hops: int) -> None:
    a, b = GRAPHS.take(torch.arange(3)), GRAPHS.take(torch.arange(5, 9))
    close(named_kernel(f"lite-gntk:hops={hops}")(a, b), torch.from_numpy(by_definition(a, b, hops)), 1e-9)


def test_golden_kernel_and_ridge_regression_of_kidd() -> None:
    vectors = golden("modalities/graphs_kidd")
    synthetic, target = (example.of_matrices(vectors[f"in_X_{s}"], vectors[f"in_A_{s}"]) for s in "ST")
    kernel = LiteGNTK()
    close(kernel(synthetic, synthetic), vectors["out_K_SS"], 1e-10)
    found = ridge_predict(
        kernel(target, synthetic), kernel(synthetic, synthetic), vectors["in_y_S"], float(vectors["in_reg"])
    )
    close(found, vectors["out_pred"], 1e-9)


def test_parts_are_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = LiteGNTK()(GRAPHS, GRAPHS)
    monkeypatch.setattr(lite_gntk, "_ENTRIES", 20 * len(GRAPHS.features))
    close(LiteGNTK()(GRAPHS, GRAPHS), whole, 1e-12)


def test_rows_of_numbers_are_refused() -> None:
    with pytest.raises(RequestError, match="reads graphs"):
        LiteGNTK()(normal(3, 2), normal(3, 2))
