"""Characteristic functions against NumPy, and the discrepancy that they measure against the exact kernel."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.rng import Rng
from condenset.kernels.distance import characteristic, squared_error
from condenset.nets.network import Network
from condenset.signals.characteristic_function import CharacteristicFunction
from tests.conftest import close
from tests.examples import batch_of, normal, task_of
from tests.signals.test_mean_embedding import Given

GIVEN = Network(Given(), {}, {})
LABELS = torch.tensor([0, 1, 0, 0, 1])


def sides(signal: CharacteristicFunction, count: int = 5) -> list[tuple[torch.Tensor, ...]]:
    """Means of two batches whose inputs are their embeddings."""
    found = []
    for seed in (0, 1):
        inputs = normal(count, 6, seed=seed, dtype=torch.float64) + seed
        labels = torch.arange(count) % 2
        task = task_of(inputs, labels, 2, "tabular")
        found.append(signal.sums(GIVEN, batch_of(inputs, labels), task).mean())
    return found


def test_means_are_those_of_cosines_and_sines_of_unit_vectors() -> None:
    inputs = normal(5, 6, dtype=torch.float64)
    task = task_of(inputs, LABELS, 2, "tabular")
    weight = torch.tensor([1.0, 2.0, 0.0, 3.0, 1.0])
    signal = CharacteristicFunction(count=7, bandwidth=0.5, seed=3)
    cosines, sines = signal.sums(GIVEN, batch_of(inputs, LABELS, weight), task).mean()
    stream = Rng(3).child("frequencies", 6).torch()
    frequencies = torch.randn(6, 7, generator=stream, dtype=torch.float64).numpy() / 0.5
    units = inputs.numpy() / np.linalg.norm(inputs.numpy(), axis=1, keepdims=True)
    expected = np.exp(1j * units @ frequencies)
    for group in range(2):
        own = (group == LABELS).numpy()
        mean = (expected[own] * weight.numpy()[own, None]).sum(0) / weight.numpy()[own].sum()
        close(cosines[group], torch.from_numpy(mean.real), 1e-10)
        close(sines[group], torch.from_numpy(mean.imag), 1e-10)


def test_their_squared_error_is_the_discrepancy_of_a_gaussian_kernel() -> None:
    """With 20 000 frequencies, to three digits or so."""
    real, synthetic = sides(CharacteristicFunction(count=20_000, bandwidth=0.7), 8)
    found = squared_error(real, synthetic) / 20_000

    def kernel(a: np.ndarray, b: np.ndarray) -> float:
        distances = np.square(a[:, None] - b[None]).sum(2)
        return float(np.exp(-distances / (2 * 0.7**2)).mean())

    units = []
    for seed in (0, 1):
        rows = (normal(8, 6, seed=seed, dtype=torch.float64) + seed).numpy()
        units.append(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    for group in range(2):
        x, y = (side[group::2] for side in units)
        exact = kernel(x, x) + kernel(y, y) - 2 * kernel(x, y)
        assert abs(found[group].item() - exact) < 0.02 * exact


def test_equal_weights_of_amplitude_and_phase_give_the_plain_difference() -> None:
    real, synthetic = sides(CharacteristicFunction(count=50))
    (a, b), (c, d) = (tuple(t.numpy() for t in side) for side in (real, synthetic))
    expected = (np.abs((a - c) + 1j * (b - d)) / np.sqrt(2)).mean(1)
    close(characteristic(real, synthetic), torch.from_numpy(expected), 1e-6)


def test_the_same_frequencies_every_time() -> None:
    one, same, other = (sides(CharacteristicFunction(count=9, seed=seed))[0][0] for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.allclose(one, other)
