"""The merge law: the signals of the parts of a data set merge to the signal of the whole, however it was split."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from condenset.core.batch import Batch
from condenset.signals.signal import Sums
from tests.conformance import examples
from tests.conformance.examples import task
from tests.invariants.signals import assert_same, network, signals

ADDITIVE = {name: signal for name, signal in signals().items() if signal.additive}
laws = settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
seeds = st.integers(0, 2**32 - 1)


def data(example: str) -> Batch:
    return task(example).train.all().to("cpu")


def test_there_are_additive_signals() -> None:
    assert {"MeanEmbedding", "ClassGradient"} <= set(ADDITIVE)


@pytest.mark.parametrize("example", list(examples.MAKERS))
@pytest.mark.parametrize("name", ADDITIVE)
@given(parts=st.integers(2, 5), seed=seeds)
@laws
def test_a_random_split_merges_to_the_whole_in_any_order(name: str, example: str, parts: int, seed: int) -> None:
    signal, net, batch = ADDITIVE[name], network(example), data(example)
    members = batch.examples().numpy()
    numbers = np.random.default_rng(seed)
    owner = numbers.integers(0, parts, len(members))  # a part may be empty, and a group may lie in one part only
    shares = [torch.from_numpy(members[owner == part]) for part in numbers.permutation(parts)]
    sums = [signal.sums(net, batch.select(share), task(example)) for share in shares]
    assert_same(reduce(Sums.merge, sums), signal.sums(net, batch, task(example)))


@pytest.mark.parametrize("example", list(examples.MAKERS))
@pytest.mark.parametrize("name", ADDITIVE)
def test_an_example_taken_twice_counts_twice(name: str, example: str) -> None:
    signal, net, batch = ADDITIVE[name], network(example), data(example)
    once = signal.sums(net, batch, task(example))
    twice = signal.sums(net, batch.select(batch.examples().repeat(2)), task(example))
    assert_same(twice, once.merge(once))
    for mean, again in zip(signal.compared(once), signal.compared(twice), strict=True):
        torch.testing.assert_close(again, mean, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", ADDITIVE)
def test_what_has_no_weight_says_nothing(name: str) -> None:
    signal, net, batch = ADDITIVE[name], network("tabular"), data("tabular")
    batch.weight[:40] = 0
    kept = batch.select(torch.arange(40, len(batch)))
    assert_same(signal.sums(net, batch, task("tabular")), signal.sums(net, kept, task("tabular")))
