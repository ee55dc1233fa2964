"""The gateway: signals of clients and of kept parts merge to that of the whole; what privacy adds and counts."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.execution import HERE
from condenset.core.privacy import Privacy, PrivacyLedger
from condenset.core.rng import Rng
from condenset.samplers.random import random
from condenset.signals.class_gradient import ClassGradient
from condenset.signals.covariance import Covariance
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.signals.signal import Sums
from condenset.sources.gateway import Gateway, Measure
from condenset.sources.real_sides import RealSides
from condenset.sources.source import Draw
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task
from tests.conftest import close
from tests.examples import blobs
from tests.tasks.test_clients import federated, shares

SIGNALS = [MeanEmbedding(), Covariance(correction=1), ClassGradient()]


def measured(task: Task, signal: object, sides: RealSides | None = None, privacy: Privacy | None = None) -> Sums:
    measure = Measure(signal, Draw(task.network("mlp:width=4,depth=1", Rng(0)), real_sides=sides), 1, HERE)
    return Gateway(task, HERE, privacy).sums(measure, random, 1000, Rng(1))


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: type(signal).__name__)
@pytest.mark.parametrize("sides", [None, RealSides(3)], ids=["measured", "kept"])
def test_three_clients_say_what_the_whole_says(signal: object, sides: RealSides | None) -> None:
    """The merge law of the gateway: sums, counts, and what is compared."""
    one, three = (measured(task, signal, sides and RealSides(3)) for task in (blobs(), federated(blobs())))
    assert torch.equal(one.counts, three.counts)
    for whole, merged in zip(signal.compared(one), signal.compared(three), strict=True):
        close(merged, whole, 1e-4)


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: type(signal).__name__)
def test_kept_sums_of_parts_merge_to_the_sum_of_the_whole(signal: object) -> None:
    """What is cached can be merged: each client's kept sums, and then the mean."""
    clients = [replace(blobs(), train=InMemoryView(share, blobs().train.groups)) for share in shares(blobs())]
    merged = reduce(Sums.merge, [measured(client, signal, RealSides(3)) for client in clients])
    whole = measured(blobs(), signal)
    assert torch.equal(merged.counts, whole.counts)
    for one, other in zip(signal.compared(whole), signal.compared(merged), strict=True):
        close(other, one, 1e-4)


def test_one_example_moves_a_sum_by_no_more_than_its_clip() -> None:
    privacy = Privacy(clip=0.5, noise=0.0)
    everyone = blobs().train.all()
    fewer = everyone.select(torch.arange(1, len(everyone)))
    less = replace(blobs(), train=InMemoryView(fewer, blobs().train.groups))
    with_it, without = (measured(task, MeanEmbedding(), privacy=privacy) for task in (blobs(), less))
    assert 0 < (with_it.totals[0] - without.totals[0]).norm() <= 0.5 + 1e-5


def test_noise_is_added_once_and_noted() -> None:
    task, privacy = federated(blobs()), Privacy(clip=0.5, noise=4.0)
    gateway, sides = Gateway(task, HERE, privacy), RealSides(3)
    measure = Measure(MeanEmbedding(), Draw(task.network("mlp:width=64,depth=1", Rng(0)), real_sides=sides), 1, HERE)
    first, again = (gateway.sums(measure, random, 1000, Rng(step)) for step in (1, 2))
    assert first is again and gateway.ledger.told == [4.0]
    plain = Gateway(task, HERE, Privacy(0.5, 0.0)).sums(replace(measure, draw=replace(measure.draw, real_sides=None)),
                                                         random, 1000, Rng(1))  # fmt: skip
    spread = (first.totals[0] - plain.totals[0]).std().item()
    assert spread == pytest.approx(2.0, rel=0.15)


def test_what_was_told_adds_up() -> None:
    assert PrivacyLedger([]).epsilon(1e-5) == 0
    one, two = PrivacyLedger([4.0]).epsilon(1e-5), PrivacyLedger([4.0, 4.0]).epsilon(1e-5)
    assert one < two < 2 * one
    assert PrivacyLedger([4.0]).epsilon(1e-5) == pytest.approx(1 / 32 + 2 * (1 / 32 * 11.512925) ** 0.5, rel=1e-6)
    assert PrivacyLedger([0.0]).epsilon(1e-5) == float("inf")


def test_a_signal_that_does_not_merge_is_refused() -> None:
    signal = replace(MeanEmbedding(), additive=False)
    with pytest.raises(RequestError, match="MeanEmbedding does not merge"):
        measured(federated(blobs()), signal)
    with pytest.raises(RequestError, match="neither several clients nor privacy"):
        measured(blobs(), signal, privacy=Privacy(1.0, 1.0))
