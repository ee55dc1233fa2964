"""K-means prototypes: per group, the centres of its clusters in the modality's representation."""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.graph import features_only
from condenset.core.rng import Rng
from condenset.kernels.selection import k_means as clusters_of
from condenset.starts.random import random
from condenset.tasks.task import Task


def k_means(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` centres of group g. A regression target becomes the mean of its cluster."""
    features = task.modality.represent(task.train.batch.inputs)
    batch = random(task, counts, rng)
    centres, targets = [], []
    for group, count in enumerate(counts.tolist()):
        members = task.train.members(group)
        found = clusters_of(features[members], count, rng.child(group).integer())
        centres.append(found.centres)
        assigned = torch.cdist(features[members].double(), found.centres.double()).argmin(1)
        targets.append(_cluster_targets(task.train.batch.targets[members], assigned, found.nearest))
    values = torch.cat(centres).to(features).view(-1, *task.input_shape)
    inputs = values if isinstance(batch.inputs, Tensor) else features_only(values)
    return replace(batch, inputs=inputs, targets=torch.cat(targets))


def _cluster_targets(targets: Tensor, assigned: Int[Tensor, " n"], nearest: Int[Tensor, " clusters"]) -> Tensor:
    """Means of what is assigned to each cluster; an empty one, a copy of another, takes its nearest example's."""
    if not targets.is_floating_point():
        return targets[:1].expand(len(nearest))
    owned = [assigned == k for k in range(len(nearest))]
    return torch.stack([targets[own].mean(0) if own.any() else targets[nearest[k]] for k, own in enumerate(owned)])


START = k_means
