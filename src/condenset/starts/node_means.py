"""Means of what nodes themselves are like, over clusters of what they are like among their neighbours.

Clusters are of directions (Dhillon & Modha, Concept Decompositions for Large Sparse Text Data Using Clustering, Machine
Learning 2001): the lengths of propagated counts of words say little, and k-means would spend its clusters on the few
longest. A mean of propagated features would be propagated once more by a network, and never by one that reads nodes
without their edges.

A feature weighs the less, the more it varies among nodes: what a network learns in few steps of few means is which
features differ, and by how much; how they vary around the means it cannot see. The diagonal discriminant (Bickel &
Levina, Some theory for Fisher's linear discriminant function, Bernoulli 2004) divides these differences by the
variance of a feature, and so does a network that is shown the means so divided.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from condenset.core.batch import Batch
from condenset.core.nodes import Nodes, features_only
from condenset.core.rng import Rng
from condenset.kernels.selection import k_means
from condenset.starts.random import random
from condenset.tasks.task import Task

_LEAST = 1e-12


@dataclass(frozen=True)
class NodeMeans:
    """Call it for a batch of nodes without edges.

    Attributes:
        hops: propagations of the features that clusters are found in.
    """

    hops: int = 2

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` means of group g. Raises `RequestError` for what is no graph."""
        graph: Nodes = Nodes.expected(task.train.all().inputs, "start 'node means'")
        directions, means = normalize(graph.hop(self.hops)), []
        for group, count in enumerate(counts.tolist()):
            members = task.train.members(group)
            clusters = k_means(directions[members], count, rng.child(group).integer())
            owners = torch.cdist(directions[members], clusters.centres).argmin(1)
            owners[clusters.nearest] = torch.arange(count)  # so that each has one, where points are fewer than clusters
            means.append(_means(graph.features[members], owners, count))
        return replace(random(task, counts, rng), inputs=features_only(divided(torch.cat(means), graph.features)))


def _means(vectors: Float[Tensor, "n d"], owners: Int[Tensor, " n"], count: int) -> Float[Tensor, "count d"]:
    belongs = torch.nn.functional.one_hot(owners, count).to(vectors)
    return belongs.T @ vectors / belongs.sum(0)[:, None]


def divided(means: Float[Tensor, "count d"], features: Float[Tensor, "n d"]) -> Float[Tensor, "count d"]:
    """Means that differ from the mean of all as much as before, but in features divided by their variance, to which
    that of an average feature is added, since of the rarest little is known."""
    centre, variance = features.mean(0), features.var(0, correction=0)
    apart = means - centre
    found = apart / (variance + variance.mean()).clamp(min=_LEAST)
    return centre + found * (apart.norm() / found.norm().clamp(min=_LEAST))
