"""Networks trained beforehand: what they know, in which mode they are, whose turn it is, and those that are given."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.teacher_store import Squeeze
from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.learners.sgd import predictor
from condenset.sources.pretrained import Pretrained
from condenset.sources.source import ReadsExperts, Setting
from tests.examples import digits

NAME = "convnet:width=8,depth=2,norm=batch"
SOURCE = Pretrained(Squeeze(count=2, epochs=8, examples=600, batch=32))


def test_it_classifies_the_data_with_its_running_statistics() -> None:
    """Measured: 0.96."""
    found = SOURCE.trained(digits(), NAME)
    assert not found.coupled, "it is in evaluation mode"
    assert digits().judged(predictor(found), digits().train.all(), Rng(0)) > 0.88


def test_networks_take_turns_under_an_augmentation_of_the_step() -> None:
    assert isinstance(SOURCE, ReadsExperts)
    source = SOURCE.begin(Setting(digits(), NAME, Rng(0)))
    draws = [source.draw(step) for step in range(4)]
    assert torch.equal(draws[0].network.flat(), draws[2].network.flat())
    assert not torch.equal(draws[0].network.flat(), draws[1].network.flat())
    assert all(draw.augmentation is not None for draw in draws)
    assert str(draws[0].augmentation) != str(draws[2].augmentation)
    plain = Pretrained(SOURCE.squeeze, augment=False).begin(Setting(digits(), NAME, Rng(0)))
    assert plain.draw(0).augmentation is None


def test_several_architectures_take_turns() -> None:
    names = (NAME, "convnet:width=4,depth=1,norm=batch")
    several = Pretrained(Squeeze(epochs=1, examples=100, batch=32), names)
    source = several.begin(Setting(digits(), None, Rng(0)))
    sizes = [len(source.draw(step).network.flat()) for step in range(4)]
    assert sizes[0] == sizes[2] != sizes[1] == sizes[3]


def test_given_teachers_are_taken_as_they_are() -> None:
    store = SOURCE.store(digits(), NAME)
    store.teacher(0)
    path = store.folder / "0000.safetensors"
    given = Pretrained(given=(str(path),))
    assert torch.equal(given.trained(digits(), "mlp").flat(), SOURCE.trained(digits(), NAME).flat())
    assert given.store(digits(), None).missing() == []
    assert given.store(digits(), None).assets() == store.assets()[:1]


def test_a_given_teacher_that_is_not_there_is_not_trained(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"teacher .*none.safetensors cannot be read"):
        Pretrained(given=(str(tmp_path / "none.safetensors"),)).begin(Setting(digits(), NAME, Rng(0))).draw(0)


def test_other_experts_are_other_networks() -> None:
    more = SOURCE.with_experts(Squeeze(epochs=5))
    assert more.squeeze.epochs == 5
    assert more.store(digits(), NAME).folder != SOURCE.store(digits(), NAME).folder
