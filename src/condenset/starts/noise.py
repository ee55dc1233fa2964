"""Standard normal noise in the task's input space, labelled by group."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.core.spec import leaves
from condenset.core.structure import of_vectors
from condenset.starts.random import random
from condenset.tasks.task import Task


def noise(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """Noise with the targets that random real examples of the groups have."""
    batch = random(task, counts, rng)
    size = sum(leaf.size for leaf in leaves(task.input_spec))
    values = torch.randn(len(batch), size, generator=rng.child("noise").torch())
    return replace(batch, inputs=of_vectors(values, task.input_spec))


START = noise
