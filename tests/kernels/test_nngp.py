"""The fully connected Gaussian-process kernel against golden vectors."""

from __future__ import annotations

import pytest

from condenset.kernels.kernel import named_kernel
from condenset.kernels.nngp import NNGP
from tests.conftest import close, golden

NETWORKS = {"kip": "", "w1b0": ",weight_std=1.0,bias_std=0.0", "w2b0": ",bias_std=0.0"}


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("network", NETWORKS)
def test_golden_fully_connected(network, depth) -> None:
    vectors = golden("images/ntk")
    kernel = named_kernel(f"nngp:depth={depth}{NETWORKS[network]}")
    close(kernel(vectors["x1"], vectors["x1"]), vectors[f"fc{depth}.{network}.nngp.11"], 1e-10)
    close(kernel(vectors["x2"], vectors["x1"]), vectors[f"fc{depth}.{network}.nngp.21"], 1e-10)


def test_the_parameterisation_does_not_change_the_covariance() -> None:
    vectors = golden("images/ntk")
    close(NNGP()(vectors["x2"], vectors["x1"]), vectors["fc1.standard1024.nngp.21"], 1e-10)
