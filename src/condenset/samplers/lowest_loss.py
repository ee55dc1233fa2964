"""Real examples that the network gets most nearly right
(Zhao et al., Improved Distribution Matching, CVPR 2023, arXiv 2307.09742)."""

from __future__ import annotations

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.samplers.random import random
from condenset.samplers.sampler import CANDIDATES, judged, picked
from condenset.tasks.task import Task


def lowest_loss(task: Task, network: Network, per_group: int, rng: Rng) -> Batch:
    """Of four times as many random examples of every group, those of the lowest loss, inputs (n, ...)."""
    batch = random(task, network, CANDIDATES * per_group, rng.child("candidates"))
    losses = judged(network, batch, lambda output, part: task.target.loss(output.logits, part.targets))
    return picked(batch, len(task.groups), lambda group, own: own[losses[own].argsort(stable=True)[:per_group]])
