"""Weights: how much of the training data every item stands for, so that classes keep their share of them."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.starts.start import represented
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


def weigh(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
    """The same items with weights (items,), their mean 1: by the training examples of its group that are nearest to an
    item, in the modality's representation; of one that is nearest to none as if it were to one.
    """
    batch = synthetic.decode().detach()
    vectors, examples = task.modality.represent(batch.inputs).double(), represented(task)
    origin = synthetic.origin
    nearest = torch.zeros(len(synthetic.groups), dtype=torch.float64, device=vectors.device)
    for group in range(task.train.groups):
        own = (batch.groups == group).nonzero().flatten()
        for part in task.train.parts(group) if len(own) else ():
            closest = torch.cdist(examples(part)[0].double(), vectors[own]).argmin(1)
            nearest += torch.bincount(origin[own[closest]], minlength=len(nearest))
    nearest.clamp_(min=1.0)
    return synthetic.replaced(weights=(nearest / nearest.mean()).float())


FINISH = weigh
