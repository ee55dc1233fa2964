"""The gateway: kept sums of parts of the data merge to the sum of the whole."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

import pytest
import torch

from condenset.core.execution import HERE
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

SIGNALS = [MeanEmbedding(), Covariance(correction=1), ClassGradient()]


def measured(task: Task, signal: object, sides: RealSides | None = None) -> Sums:
    measure = Measure(signal, Draw(task.network("mlp:width=4,depth=1", Rng(0)), real_sides=sides), 1, HERE)
    return Gateway(task, HERE).sums(measure, random, 1000, Rng(1))


@pytest.mark.parametrize("signal", SIGNALS, ids=lambda signal: type(signal).__name__)
@pytest.mark.parametrize("kept", [False, True], ids=["measured", "kept"])
def test_sums_of_parts_merge_to_the_sum_of_the_whole(signal: object, kept: bool) -> None:
    """Sums, counts, and what is compared: what is cached can be merged, and then be averaged."""
    data = blobs().train.all()
    shares = [data.select(torch.arange(start, len(data), 3)) for start in range(3)]
    parts = [replace(blobs(), train=InMemoryView(share, blobs().train.groups)) for share in shares]
    merged = reduce(Sums.merge, [measured(part, signal, RealSides(3) if kept else None) for part in parts])
    whole = measured(blobs(), signal)
    assert torch.equal(merged.counts, whole.counts)
    for one, other in zip(signal.compared(whole), signal.compared(merged), strict=True):
        close(other, one, 1e-4)
