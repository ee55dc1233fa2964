"""Random real examples: so many of every group, all of a smaller one."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.samplers.random import random
from condenset.samplers.sampler import Sampler
from tests.examples import blobs

NETWORK = blobs().network("mlp:width=4,depth=1", Rng(0))


def test_it_is_a_sampler_that_follows_from_its_stream() -> None:
    assert isinstance(random, Sampler)
    one, same, other = (random(blobs(), NETWORK, 5, Rng(seed)).inputs for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert torch.bincount(random(blobs(), NETWORK, 5, Rng(1)).groups).tolist() == [5, 5, 5]


def test_more_than_there_are_is_the_whole_group() -> None:
    everything = random(blobs(), NETWORK, 10_000, Rng(0))
    assert torch.bincount(everything.groups).tolist() == blobs().train.counts().tolist()
    assert len(everything.inputs.unique(dim=0)) == len(everything)
