"""Pseudo-labels: the classes that a model of the labelled examples gives to what has no label (Lee, Pseudo-Label, ICML
2013 workshop)."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.assets.teachers import TEACHING
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.named import named_learner
from condenset.tasks.task import Task


def pseudo_labels(batch: Batch, task: Task, teacher: str, rng: Rng) -> Int[Tensor, " examples"]:
    """The class of every example of a batch: its own, or the teacher's guess where its weight is 0.

    Args: batch, training data; teacher, a learner by name.
    """
    model = named_learner(teacher, TEACHING).fit(batch, task, rng)
    guessed = task.groups.of(task.target.believed(model(batch.inputs)))
    return torch.where(batch.weight > 0, batch.groups, guessed)
