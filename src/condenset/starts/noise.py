"""Standard normal noise in the task's input space, labelled by group."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.graph import features_only
from condenset.core.rng import Rng
from condenset.starts.random import random
from condenset.tasks.task import Task


def noise(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """Noise with the targets that random real examples of the groups have."""
    batch = random(task, counts, rng)
    values = torch.randn(len(batch), *task.input_shape, generator=rng.child("noise").torch())
    return replace(batch, inputs=values if isinstance(batch.inputs, Tensor) else features_only(values))


START = noise
