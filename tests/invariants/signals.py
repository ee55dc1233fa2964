"""Every signal there is, and small networks on the examples, for the laws that all signals obey."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from torch import Tensor

import condenset.signals
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.signals.signal import Signal, Sums
from tests.conformance.examples import NETWORKS, task


def signals() -> dict[str, Signal]:
    """The signals by class name, found by looking through their room; a signal is made without arguments."""
    found = {}
    for module in pkgutil.iter_modules(condenset.signals.__path__):
        for name, kind in vars(import_module(f"condenset.signals.{module.name}")).items():
            if isinstance(kind, type) and hasattr(kind, "sums") and kind is not Signal:
                found[name] = kind()
    return found


def network(example: str) -> Network:
    """A small network that reads an example."""
    data = task(example)
    return data.network(NETWORKS[data.modality.name], Rng(4))


def assert_same(found: Sums, expected: Sums, tolerance: float = 1e-5) -> None:
    """Both sums agree to `tolerance` of the largest entry; some totals are 0 but for rounding, such as the gradient
    of a bias before a normalisation."""
    assert found.counts.tolist() == expected.counts.tolist()
    largest = max(float(total.abs().max()) for total in expected.totals)
    for ours, theirs in zip(found.totals, expected.totals, strict=True):
        assert gap(ours, theirs) <= tolerance * largest


def gap(a: Tensor, b: Tensor) -> float:
    """Largest absolute difference."""
    assert a.shape == b.shape
    return float((a - b).detach().abs().max())
