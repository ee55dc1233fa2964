"""CutMix: labels follow the areas that images are made of."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.cutmix import cutmix
from condenset.learners.sgd import train_epochs
from condenset.learners.training import Training
from condenset.tasks.task import Task
from tests.conftest import close
from tests.examples import batch_of, blobs, digits


@pytest.fixture
def task() -> Task:
    return digits()


@pytest.mark.parametrize("seed", range(5))
def test_labels_are_mixed_by_area(task: Task, seed: int) -> None:
    """Images that show their own class in every pixel, so that areas can be counted."""
    classes = torch.arange(10)
    images = classes.float()[:, None, None, None].expand(10, 1, 8, 8)
    with torch.random.fork_rng(devices=[]):
        torch.random.default_generator.set_state(Rng(seed).torch().get_state())
        mixed = cutmix(batch_of(images, classes), task)
    assert isinstance(mixed.inputs, Tensor)
    areas = torch.stack([(mixed.inputs == c).float().mean((1, 2, 3)) for c in range(10)], 1)
    close(mixed.targets, areas, 1e-6)
    rectangles = mixed.inputs != images
    assert (rectangles == rectangles[:1]).all(), "the same rectangle in all images"


def test_tables_have_no_rectangles() -> None:
    table = blobs()
    with pytest.raises(RequestError, match="CutMix"):
        cutmix(table.train.all(), table)


def test_training_mixes_with_the_given_chance(task: Task) -> None:
    """Never at 0, at every step at 1; the same numbers when it is repeated."""
    train = task.train.sample(2, Rng(0))
    plain = Training(epochs=2, rate=0.1, augment=True)

    def trained(training: Training) -> Tensor:
        *_, network = train_epochs(task.network(None, Rng(0)), train, task, training, Rng(1))
        return network.flat().detach().clone()

    mixed = trained(replace(plain, cutmix=1.0))
    close(mixed, trained(replace(plain, cutmix=1.0)), 0.0)
    assert not torch.equal(mixed, trained(plain))


def test_the_augmentation_leaves_its_own_cutout_out(task: Task) -> None:
    assert "cutout" not in task.augmentation.without("cutout").strategy  # type: ignore[attr-defined]
