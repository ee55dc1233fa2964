"""Another sample of the same data: within groups, without repeats, with enough to choose from."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.tasks.resampled import ResampledView
from condenset.tasks.view import View
from tests.examples import blobs


def sampled(least: int = 1, seed: int = 0) -> ResampledView:
    view = blobs().train
    return ResampledView(view, torch.full((view.groups,), least), Rng(seed))


def test_it_is_a_view_of_some_two_thirds_of_every_group() -> None:
    whole, part = blobs().train, sampled()
    assert isinstance(part, View)
    for group in range(whole.groups):
        own, of = part.members(group), whole.members(group)
        assert len(own) == len(own.unique()) and torch.isin(own, of).all()
        assert 0.5 < len(own) / len(of) < 0.75
        assert torch.equal(torch.cat(list(part.parts(group))).sort().values, own.sort().values)
    assert part.counts().sum() == len(part) == len(part.all())


def test_draws_differ_by_their_stream_alone() -> None:
    assert torch.equal(sampled().members(0), sampled().members(0))
    assert not torch.equal(sampled().members(0), sampled(seed=1).members(0))


def test_as_many_are_kept_as_are_asked_for() -> None:
    view = blobs().train
    most = int(view.counts().min())
    assert (sampled(most).counts() >= most).all()


def test_passes_and_samples_hold_nothing_else() -> None:
    part = sampled()
    known = {tuple(row) for row in part.all().inputs.tolist()}
    for batch in (*part.epoch(16, Rng(1)), part.draw(20, Rng(1)), part.sample(3, Rng(1))):
        assert {tuple(row) for row in batch.inputs.tolist()} <= known
