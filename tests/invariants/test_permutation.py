"""Naming the classes in another order gives the same result in that order."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.registries import STARTS
from condenset.core.rng import Rng
from condenset.kernels.distance import layerwise_cosine, squared_error
from condenset.nets.network import Network
from condenset.signals.head_gradient import HeadGradient
from condenset.signals.mean_logits import MeanLogits
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.conformance.examples import features, task
from tests.invariants.signals import gap, network, signals

EXAMPLES = ("image", "tabular", "graph")


def new_order(classes: int) -> Tensor:
    """Class k becomes class `new_order[k]`."""
    return torch.arange(classes).roll(1)


def renamed(batch: Batch, order: Tensor) -> Batch:
    return replace(batch, targets=order[batch.targets], groups=order[batch.groups])


def renamed_network(net: Network, order: Tensor) -> Network:
    """The same network with its outputs in the new order."""
    back = order.argsort()
    weight, bias = list(net.parameters)[-2:]
    return net.with_parameters(
        {**net.parameters, weight: net.parameters[weight][back], bias: net.parameters[bias][back]}
    )


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize(("name", "signal"), signals().items())
def test_a_signal_is_the_same_in_the_other_order(name: str, signal, example: str) -> None:
    data, net = task(example), network(example)
    order = new_order(len(data.groups))
    batch = data.train.all()
    plain = signal.sums(net, batch, data)
    other = signal.sums(renamed_network(net, order), renamed(batch, order), data)
    grouped = len(plain.counts) == len(order)  # a signal of all groups together has one row
    rows = order if grouped else torch.zeros(1, dtype=torch.int64)
    assert torch.equal(other.counts[rows], plain.counts)
    whole = len(plain.totals) == len(net.parameters)  # the gradients of all layers, the last two of outputs
    of_outputs = 2 if whole or isinstance(signal, HeadGradient) else int(isinstance(signal, MeanLogits))
    for index, (ours, theirs) in enumerate(zip(other.totals, plain.totals, strict=True)):
        ours = ours[rows]
        if index >= len(plain.totals) - of_outputs:
            ours = ours[:, order]
        assert gap(ours, theirs) < 1e-4 * max(1.0, float(theirs.abs().max()))


@pytest.mark.parametrize("distance", [squared_error, layerwise_cosine])
@pytest.mark.parametrize("example", EXAMPLES)
def test_a_distance_between_signals_does_not_depend_on_the_order(distance, example: str) -> None:
    data, net = task(example), network(example)
    order = new_order(len(data.groups))
    batch = data.train.all()
    few = batch.select(torch.cat([data.train.members(g)[:2] for g in range(len(data.groups))]))
    for signal in signals().values():
        plain = distance(*(signal.compared(signal.sums(net, part, data)) for part in (batch, few)))
        moved = renamed_network(net, order)
        other = distance(*(signal.compared(signal.sums(moved, renamed(part, order), data)) for part in (batch, few)))
        rows = order if len(plain) == len(order) else torch.zeros(1, dtype=torch.int64)
        torch.testing.assert_close(other[rows], plain, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("example", EXAMPLES)
@pytest.mark.parametrize("start", ["herding", "k-center"])
def test_a_selection_takes_the_same_examples(start: str, example: str) -> None:
    data = task(example)
    order = new_order(len(data.groups))
    counts = torch.arange(len(data.groups)) + 1
    moved: Task = replace(data, train=InMemoryView(renamed(data.train.batch, order), len(data.groups)))
    plain = STARTS.get(start)(data, counts, Rng(0))
    other = STARTS.get(start)(moved, counts[order.argsort()], Rng(0))
    for group in range(len(data.groups)):
        own = features(plain)[plain.groups == group]
        assert torch.equal(features(other)[other.groups == order[group]], own)
