"""Networks moved up the loss: how far, in another direction for every stage, and the same again."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.teacher_store import Squeeze
from condenset.core.rng import Rng
from condenset.sources.perturbed import Perturbed
from condenset.sources.pretrained import Pretrained
from condenset.sources.source import ReadsExperts, Setting
from tests.examples import digits

NAME = "convnet:width=8,depth=2,norm=batch"
PRETRAINED = Pretrained(Squeeze(epochs=2, examples=300, batch=32))
SOURCE = Perturbed(PRETRAINED, stages=3, ascents=5, radius=0.1)


def flat(step: int, seed: int = 0) -> torch.Tensor:
    return SOURCE.begin(Setting(digits(), NAME, Rng(seed))).draw(step).network.flat()


def test_every_stage_has_a_direction_of_its_own() -> None:
    assert isinstance(SOURCE, ReadsExperts)
    source = SOURCE.begin(Setting(digits(), NAME, Rng(0)))
    draws = [source.draw(step) for step in range(6)]
    assert [draw.stage for draw in draws] == [0, 1, 2, 0, 1, 2]
    assert torch.equal(draws[0].network.flat(), draws[3].network.flat())
    assert not torch.equal(draws[0].network.flat(), draws[1].network.flat())
    assert torch.equal(flat(4), draws[4].network.flat()), "a resumed run finds it again"
    assert not torch.equal(flat(4, seed=1), draws[4].network.flat())


def test_it_moved_up_the_loss_by_the_radius_at_most() -> None:
    trained, moved = PRETRAINED.trained(digits(), NAME), SOURCE.begin(Setting(digits(), NAME, Rng(0))).draw(0).network
    apart = (moved.flat() - trained.flat()).norm().item()
    assert 0.5 * SOURCE.radius < apart <= SOURCE.radius * 1.0001
    everything = digits().train.all()
    losses = [digits().mean_loss(one(everything.inputs).logits, everything).item() for one in (trained, moved)]
    assert losses[1] > losses[0]
    assert all(torch.equal(moved.buffers[name], buffer) for name, buffer in trained.buffers.items())


def test_other_training_is_handed_on() -> None:
    assert SOURCE.with_experts(Squeeze(epochs=1)).pretrained.squeeze.epochs == 1
    assert SOURCE.store(digits(), NAME).folder == PRETRAINED.store(digits(), NAME).folder


def test_without_an_ascent_it_is_the_trained_network() -> None:
    still = Perturbed(PRETRAINED, ascents=0).begin(Setting(digits(), NAME, Rng(0))).draw(0).network
    assert still.flat().tolist() == pytest.approx(PRETRAINED.trained(digits(), NAME).flat().tolist())
