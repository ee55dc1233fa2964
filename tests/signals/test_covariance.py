"""Means and covariances against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.nets.network import Network
from condenset.signals.covariance import Covariance
from tests.conftest import close
from tests.examples import batch_of, normal, task_of
from tests.signals.test_mean_embedding import Given

GIVEN = Network(Given(), {}, {})
LABELS = torch.tensor([0, 1, 0, 0, 1, 2])


@pytest.mark.parametrize("correction", [0, 1])
def test_they_are_numpys_with_the_root_of_the_weight_per_feature(correction: int) -> None:
    inputs = normal(6, 4, dtype=torch.float64)
    task = task_of(inputs, LABELS, 3, "tabular")
    signal = Covariance(weight=8.0, correction=correction)
    mean, spread = signal.compared(signal.sums(GIVEN, batch_of(inputs, LABELS), task))
    for group in range(2):
        own = inputs[group == LABELS].numpy()
        close(mean[group], torch.from_numpy(own.mean(0)), 1e-12)
        expected = np.sqrt(8 / 4) * np.cov(own.T, ddof=correction)
        close(spread[group], torch.from_numpy(expected), 1e-10)
    assert spread[2].abs().max() < 1e-12  # one example has none, biased or not


def test_parts_of_a_class_merge_to_the_covariance_of_the_whole() -> None:
    inputs = normal(6, 4, dtype=torch.float64)
    task = task_of(inputs, LABELS, 3, "tabular")
    whole = batch_of(inputs, LABELS)
    parts = [Covariance(correction=1).sums(GIVEN, whole.select(torch.tensor(i)), task) for i in ([0, 1], [2, 3, 4, 5])]
    merged = parts[0].merge(parts[1])
    signal = Covariance(correction=1)
    for ours, expected in zip(signal.compared(merged), signal.compared(signal.sums(GIVEN, whole, task)), strict=True):
        close(ours, expected, 1e-12)
