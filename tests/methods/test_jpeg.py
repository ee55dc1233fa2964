"""JPEG: real images of the training data, more of them than raw ones at the same bytes."""

from __future__ import annotations

import torch

from condenset.core.budget import Size
from condenset.run.distill import distill
from condenset.tasks.image import open_images

TASK = open_images("digits")


def test_it_holds_many_real_images_at_the_bytes_of_a_few() -> None:
    size = 40 * (8 * 8 * 4 + 1)
    made = distill(TASK, "jpeg", size=Size(bytes=size), changes={"codec": "jpeg:bits=4"})
    assert len(made) > 5 * 40 and made.nbytes().total <= size
    batch, train = made.decode(), TASK.train.batch
    nearest = torch.cdist(batch.inputs.flatten(1), train.inputs.flatten(1)).min(1)
    assert torch.equal(train.targets[nearest.indices], batch.targets)
    assert float(nearest.values.square().mean()) / 64 < 0.05  # of a variance of one
