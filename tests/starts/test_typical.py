"""DELT's start: examples in the middle of their class, by the probability that a trained network gives it."""

from __future__ import annotations

import torch

from condenset.assets.teacher_store import Squeeze
from condenset.core.rng import Rng
from condenset.sources.pretrained import Pretrained
from condenset.starts.patches import losses
from condenset.starts.typical import Typical
from tests.examples import digits

NAME = "convnet:width=8,depth=2,norm=batch"
SOURCE = Pretrained(Squeeze(epochs=8, examples=600, batch=32))
COUNTS = torch.tensor([3, 1, 2, 1, 1, 1, 1, 1, 1, 1])


def test_they_lie_around_the_median_nearest_first() -> None:
    batch = Typical(SOURCE, NAME, candidates=1000)(digits(), COUNTS, Rng(0))
    assert torch.bincount(batch.groups).tolist() == COUNTS.tolist()
    observer = SOURCE.trained(digits(), NAME)
    for group, count in enumerate(COUNTS.tolist()):
        own = losses(observer, digits().train.select(digits().train.members(group)).inputs, group)
        found = losses(observer, batch.inputs[batch.groups == group], group)
        ranks = torch.tensor([int((own < loss - 1e-7).sum()) for loss in found])
        assert ((ranks - len(own) // 2).abs() <= torch.arange(1, count + 1)).all(), group


def test_the_stream_decides_where_not_all_are_judged() -> None:
    start = Typical(SOURCE, NAME, candidates=20)
    first, again, other = (start(digits(), COUNTS, Rng(seed)).inputs for seed in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)


def test_more_are_judged_where_more_are_needed() -> None:
    batch = Typical(SOURCE, NAME, candidates=5)(digits(), torch.full((10,), 12), Rng(0))
    assert len(batch) == 120 and len(batch.inputs.flatten(1).unique(dim=0)) == 120
