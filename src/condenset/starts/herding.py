"""Herding: per group, the examples whose running mean stays closest to the group's mean (Welling, ICML 2009).

Of data on disk the mean is that of all, in one pass, and the examples are chosen from a random part of the group.
"""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.selection import herding as order_of
from condenset.starts.start import candidates, group_mean, represented
from condenset.tasks.task import Task


def herding(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """The first `counts[g]` examples of group g in herding order, in the modality's representation."""
    examples, picks = represented(task), []
    for group, count in enumerate(counts.tolist()):
        free = candidates(task, group, count)
        picks.append(free[order_of(examples(free)[0], count, group_mean(task, group, examples))])
    return task.train.cut_out(torch.cat(picks))


START = herding
