"""Herding: per group, the examples whose running mean stays closest to the group's mean (Welling, ICML 2009)."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.selection import herding as order_of
from condenset.starts.start import cut_out
from condenset.tasks.task import Task


def herding(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """The first `counts[g]` examples of group g in herding order, in the modality's representation."""
    features = task.modality.represent(task.train.batch.inputs)
    picks = [
        members[order_of(features[members], count)]
        for members, count in ((task.train.members(g), n) for g, n in enumerate(counts.tolist()))
    ]
    return cut_out(task.train.batch, torch.cat(picks))


START = herding
