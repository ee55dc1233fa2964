"""Mosaic: real images of the training data, as JPEG has them, nearer to themselves."""

from __future__ import annotations

import pytest
import torch

from condenset.core.budget import Size
from condenset.run.distill import distill
from condenset.tasks.image import open_images
from condenset.tasks.task import Task

TASK = open_images("digits")


def error(task: Task, method: str, bits: int) -> float:
    """Mean square distance of the images to the nearest real ones, of a variance of one."""
    made = distill(task, method, size=Size(items=300), changes={"codec": f"{method}:bits={bits}"})
    assert len(made) == 300
    batch, train = made.decode(), task.train.all()
    nearest = torch.cdist(batch.inputs.flatten(1), train.inputs.flatten(1)).min(1)
    assert (train.targets[nearest.indices] == batch.targets).float().mean() > 0.97
    return float(nearest.values.square().mean()) / 64


@pytest.mark.parametrize("bits", [3, 4])
def test_it_holds_real_images_nearer_than_jpeg_does_at_the_same_bytes(bits: int) -> None:
    assert error(TASK, "mosaic", bits) < 0.8 * error(TASK, "jpeg", bits)
