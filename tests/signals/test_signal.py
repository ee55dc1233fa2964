"""Sums per group: they merge, and their means are those of NumPy."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.signals.class_gradient import ClassGradient
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.signals.signal import Signal, Sums
from tests.conftest import close
from tests.examples import batch_of, double, normal, task_of
from tests.networks import drawn

LABELS = torch.tensor([0, 2, 1, 0, 2, 2, 1, 0, 1])
TASK = task_of(normal(9, 4, dtype=torch.float64), LABELS, 3, "tabular")
NETWORK = double(drawn("mlp:width=6,depth=1", (4,), 3, Rng(1)))


@pytest.mark.parametrize("signal", [MeanEmbedding(), ClassGradient()], ids=lambda s: type(s).__name__)
@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 9), max_size=3), seed=st.integers(0, 99))
def test_signals_of_parts_merge_to_the_signal_of_the_whole(signal: Signal, cuts: list[int], seed: int) -> None:
    """The merge law, for any cut into parts (empty ones too) in any order."""
    assert signal.additive
    order = torch.randperm(9, generator=Rng(seed).torch())
    whole = Batch(TASK.train.batch.inputs, LABELS, LABELS, 0.5 + torch.arange(9.0))
    edges = [0, *sorted(cuts), 9]
    parts = [whole.select(order[a:b]) for a, b in pairwise(edges)]
    merged = reduce(Sums.merge, (signal.sums(NETWORK, part, TASK) for part in parts))
    expected = signal.sums(NETWORK, whole, TASK)
    close(merged.counts, expected.counts, 1e-6)
    for got, want in zip(merged.totals, expected.totals, strict=True):
        close(got, want, 1e-12)


def test_means_divide_by_the_weights_and_an_absent_group_is_zero() -> None:
    totals = (normal(3, 4, dtype=torch.float64), normal(3, 2, 5, dtype=torch.float64))
    totals[0][1], totals[1][1] = 0, 0
    means = Sums(totals, torch.tensor([2.0, 0.0, 4.0])).mean()
    for mean, total in zip(means, totals, strict=True):
        assert torch.equal(mean[1], torch.zeros_like(mean[1]))
        np.testing.assert_allclose(mean[0], total[0].numpy() / 2)
        np.testing.assert_allclose(mean[2], total[2].numpy() / 4)


def test_sums_of_different_signals_do_not_merge() -> None:
    one = MeanEmbedding().sums(NETWORK, batch_of(TASK.train.batch.inputs, LABELS), TASK)
    with pytest.raises(ValueError, match="longer"):
        one.merge(Sums((one.totals[0], one.totals[0]), one.counts))
