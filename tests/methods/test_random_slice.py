"""A random slice is real data as they are, at the bytes of its points."""

from __future__ import annotations

import torch

from condenset.core.budget import Size
from condenset.run.distill import distill
from tests.tasks.series.example import series


def test_it_is_a_stretch_of_the_data() -> None:
    task = series()
    synthetic = distill(task, "random-slice", size=Size(bytes=8 * 40), seed=3)
    batch, real = synthetic.decode(), task.train.all()
    assert (synthetic.nbytes().total, len(batch)) == (320, 40 - 11)
    distance = (real.inputs - batch.inputs[0]).flatten(1).norm(dim=1)
    first = int(distance.argmin())
    assert distance[first] < 1e-4
    assert torch.allclose(batch.targets, real.targets[first : first + 29], atol=1e-4)
