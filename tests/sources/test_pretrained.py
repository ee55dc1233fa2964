"""Networks trained beforehand: what they know, in which mode they are, whose turn it is."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.experts import Experts
from condenset.core.rng import Rng
from condenset.learners.sgd import predictor
from condenset.sources.pretrained import Pretrained
from condenset.sources.source import ReadsExperts, Setting
from tests.examples import digits

NAME = "convnet:width=8,depth=2,norm=batch"
SOURCE = Pretrained(Experts(count=2, examples=600, momentum=0.9, batch=32, rate=0.05), epochs=3)


def test_it_classifies_the_data_with_its_running_statistics() -> None:
    """Measured: 0.94."""
    found = SOURCE.trained(digits(), NAME)
    assert not found.coupled, "it is in evaluation mode"
    assert digits().judged(predictor(found), digits().train.all(), Rng(0)) > 0.85


def test_networks_take_turns_under_an_augmentation_of_the_step() -> None:
    assert isinstance(SOURCE, ReadsExperts)
    source = SOURCE.begin(Setting(digits(), NAME, Rng(0)))
    draws = [source.draw(step) for step in range(4)]
    assert torch.equal(draws[0].network.flat(), draws[2].network.flat())
    assert not torch.equal(draws[0].network.flat(), draws[1].network.flat())
    assert all(draw.augmentation is not None for draw in draws)
    assert str(draws[0].augmentation) != str(draws[2].augmentation)
    plain = Pretrained(SOURCE.experts, SOURCE.epochs, augment=False).begin(Setting(digits(), NAME, Rng(0)))
    assert plain.draw(0).augmentation is None


def test_it_is_trained_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = SOURCE.trained(digits(), NAME, 1)
    monkeypatch.setattr("condenset.assets.experts.train_epochs", None)
    again = SOURCE.trained(digits(), NAME, 1)
    assert torch.equal(first.flat(), again.flat())
    assert all(torch.equal(again.buffers[name], buffer) for name, buffer in first.buffers.items())


def test_other_experts_are_other_networks(tmp_path: Path) -> None:
    more = SOURCE.with_experts(Experts(count=5))
    assert (more.experts.count, more.epochs) == (5, 3)
    assert more.store(digits(), NAME).folder != SOURCE.store(digits(), NAME).folder
