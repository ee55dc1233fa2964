"""K-center greedy: per group, always the example farthest from those taken (Sener & Savarese, ICLR 2018)."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.selection import k_center as order_of
from condenset.starts.start import cut_out
from condenset.tasks.task import Task


def k_center(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` examples of group g, beginning with the one nearest to the group's mean."""
    features = task.modality.represent(task.train.batch.inputs)
    picks = []
    for group, count in enumerate(counts.tolist()):
        members = task.train.members(group)
        own = features[members]
        first = int((own - own.mean(0)).square().sum(1).argmin())
        picks.append(members[order_of(own, count, first)])
    return cut_out(task.train.batch, torch.cat(picks))


START = k_center
