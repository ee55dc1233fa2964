"""What machine this is, as far as speed depends on it, and the ceiling that rates are shares of: a matrix product's."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from functools import partial
from typing import Any

import psutil
import torch

from condenset.bench.measurement import BenchRow, Target

_SIDE = 2048


def describe() -> dict[str, Any]:
    """Processor, cores, threads, memory, versions: JSON-able."""
    return {
        "processor": platform.processor() or platform.machine(),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "cores": f"{os.cpu_count()} cores",
        "threads": f"{torch.get_num_threads()} threads",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "python": f"Python {platform.python_version()}",
        "torch": f"PyTorch {torch.__version__}",
    }


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
