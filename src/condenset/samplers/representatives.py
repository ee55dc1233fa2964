"""Real examples that stand for their group: the nearest to the centres of its clusters under the network
(Liu et al., DREAM: Efficient Dataset Distillation by Representative Matching, ICCV 2023, arXiv 2302.14416)."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.selection import k_means
from condenset.nets.network import Network
from condenset.samplers.random import random
from condenset.samplers.sampler import picked
from condenset.tasks.task import Task

_CANDIDATES = 4  # times as many random examples are clustered as are taken
_PART = 256  # of them, which the network reads at a time


def representatives(task: Task, network: Network, per_group: int, rng: Rng) -> Batch:
    """As many clusters of random examples of a group as examples wanted, one example each, by k-means on embeddings.

    DREAM clusters the whole class; here it is four times as many examples as are taken.
    """
    batch = random(task, network, _CANDIDATES * per_group, rng.child("candidates"))
    with torch.no_grad():
        features = torch.cat([network(part.inputs).embedding for part in batch.parts(_PART)])

    def central(group: int, own: Int[Tensor, " own"]) -> Int[Tensor, " taken"]:
        seed = rng.child("clusters", group).integer()
        return own[k_means(features[own], min(per_group, len(own)), seed).nearest]

    return picked(batch, len(task.groups), central)
