"""Random real examples of every group, without replacement."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.task import Task


def random(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` random training examples of group g."""
    generator = rng.torch()
    picks = []
    for group, count in enumerate(counts.tolist()):
        members = task.train.members(group)
        picks.append(members[torch.randperm(len(members), generator=generator)[:count]])
    return task.train.cut_out(torch.cat(picks))


START = random
