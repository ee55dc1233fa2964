"""Real examples that stand for their group: the nearest to the centres of its clusters under the network
(Liu et al., DREAM: Efficient Dataset Distillation by Representative Matching, ICCV 2023, arXiv 2302.14416)."""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.selection import k_means
from condenset.nets.network import Network
from condenset.samplers.random import random
from condenset.samplers.sampler import CANDIDATES, judged, picked
from condenset.tasks.task import Task


def representatives(task: Task, network: Network, per_group: int, rng: Rng) -> Batch:
    """As many clusters of random examples of a group as examples wanted, one example each, by k-means on embeddings.

    DREAM clusters the whole class; here it is four times as many examples as are taken.
    """
    batch = random(task, network, CANDIDATES * per_group, rng.child("candidates"))
    features = judged(network, batch, lambda output, part: output.embedding)

    def central(group: int, own: Int[Tensor, " own"]) -> Int[Tensor, " taken"]:
        seed = rng.child("clusters", group).integer()
        return own[k_means(features[own], min(per_group, len(own)), seed).nearest]

    return picked(batch, len(task.groups), central)
