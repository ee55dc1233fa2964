"""The rate of a matrix product, the machine's ceiling that other rates are shares of."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from condenset.bench.measurement import BenchRow, Target

_SIDE = 2048


def matrix_product(dtype: torch.dtype) -> Callable[[], Any]:
    """The product to time: of two square matrices."""
    square = torch.ones(_SIDE, _SIDE, dtype=dtype)
    return partial(torch.matmul, square, square)


def rate_row(name: str, operations: int, seconds: float, product: float, target: Target | None = None) -> BenchRow:
    """Operations in so many seconds as a share of a matrix product's rate.

    Args: product, the seconds that one took.
    """
    rate, ceiling = operations / seconds, 2 * _SIDE**3 / product
    against = f"{ceiling / 1e9:.0f} GFLOP/s of a matrix product"
    return BenchRow(name, rate / 1e9, "GFLOP/s", rate / ceiling, against, target)
