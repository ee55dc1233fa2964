"""The fully connected tangent kernel against golden vectors, and found by its name."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.nodes import features_only
from condenset.kernels.kernel import named_kernel
from condenset.kernels.ntk import NTK
from tests.conftest import close, golden

NETWORKS = {"kip": "", "w1b0": ",weight_std=1.0,bias_std=0.0", "w2b0": ",bias_std=0.0"}


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("network", NETWORKS)
def test_golden_fully_connected(network, depth) -> None:
    vectors = golden("images/ntk")
    kernel = named_kernel(f"ntk:depth={depth}{NETWORKS[network]}")
    close(kernel(vectors["x1"], vectors["x1"]), vectors[f"fc{depth}.{network}.ntk.11"], 1e-10)
    close(kernel(vectors["x2"], vectors["x1"]), vectors[f"fc{depth}.{network}.ntk.21"], 1e-10)


def test_golden_standard_parameterisation() -> None:
    vectors = golden("images/ntk")
    kernel = NTK(width=1024)
    close(kernel(vectors["x1"], vectors["x1"]), vectors["fc1.standard1024.ntk.11"], 1e-10)
    close(kernel(vectors["x2"], vectors["x1"]), vectors["fc1.standard1024.ntk.21"], 1e-10)


def test_float32_stays_float32_and_close() -> None:
    vectors = golden("images/ntk")
    kernel = NTK(depth=2)(vectors["x2"].float(), vectors["x1"].float())
    assert kernel.dtype == torch.float32
    close(kernel, vectors["fc2.kip.ntk.21"], 1e-3)


def test_refuses_a_graph_and_an_unknown_field() -> None:
    graph = features_only(torch.ones(2, 2))
    with pytest.raises(RequestError, match="nodes of 2 examples"):
        NTK()(graph, graph)
    with pytest.raises(RequestError, match="heads"):
        named_kernel("ntk:heads=3")
