"""A random slice: consecutive examples of every group, in the order of the data."""

from __future__ import annotations

import torch
from jaxtyping import Int

from condenset.core.batch import Batch
from condenset.core.errors import BudgetError
from condenset.core.rng import Rng
from condenset.tasks.task import Task


def slice(task: Task, counts: Int[torch.Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` training examples of group g that follow one another, from a random one on.

    Raises `BudgetError` where a group has fewer.
    """
    picks = []
    for group, count in enumerate(counts.tolist()):
        members = task.train.members(group)
        if count > len(members):
            raise BudgetError(
                f"a slice of {count} consecutive examples was asked for and there are {len(members)}: lower the budget"
            )
        first = rng.child(group).integer() % (len(members) - count + 1)
        picks.append(members[first : first + count])
    return task.train.cut_out(torch.cat(picks))


START = slice
