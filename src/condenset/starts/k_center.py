"""K-center greedy: per group, always the example farthest from those taken (Sener & Savarese, ICLR 2018).

Of data on disk the examples are chosen from a random part of the group.
"""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.selection import k_center as order_of
from condenset.starts.start import candidates, group_mean, represented
from condenset.tasks.task import Task


def k_center(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` examples of group g, beginning with the one nearest to the group's mean."""
    examples, picks = represented(task), []
    for group, count in enumerate(counts.tolist()):
        free = candidates(task, group, count)
        own = examples(free)[0]
        first = int((own - group_mean(task, group, examples)).square().sum(1).argmin())
        picks.append(free[order_of(own, count, first)])
    return task.train.cut_out(torch.cat(picks))


START = k_center
