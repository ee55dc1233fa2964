"""The convolutional Gaussian-process kernel against golden vectors."""

from __future__ import annotations

import pytest

from condenset.kernels.kernel import named_kernel
from tests.conftest import close, golden

FIELDS = {"myrtle5": "plan=ccpcpc,readout=pool"}
for depth in (1, 2, 3):
    FIELDS |= {
        f"conv{depth}_flatten": f"plan={'c' * depth}",
        f"conv{depth}_gap": f"plan={'c' * depth},readout=pool",
        f"dcconv{depth}_flatten": f"plan={'cp' * depth}",
    }


@pytest.mark.parametrize("network", FIELDS)
def test_golden_convolutional(network) -> None:
    vectors = golden("images/ntk")
    x1, x2 = (vectors[name].permute(0, 3, 1, 2) for name in ("x1", "x2"))
    kernel = named_kernel(f"conv-nngp:{FIELDS[network]}")
    close(kernel(x1, x1), vectors[f"{network}.nngp.11"], 1e-10)
    close(kernel(x2, x1), vectors[f"{network}.nngp.21"], 1e-10)
