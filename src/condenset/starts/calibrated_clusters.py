"""Clusters of propagated features whose means weigh what a linear probe is sure of (CGC, Gao et al. 2025, arXiv
2405.13707)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.nodes import Nodes, features_only
from condenset.core.propagation import normalise_adjacency
from condenset.core.rng import Rng
from condenset.kernels.cgc import confidences, confident_means, linear_probe, similarity_edges, unpropagated
from condenset.kernels.selection import k_means as clusters_of
from condenset.starts.random import random
from condenset.tasks.task import Task


@dataclass(frozen=True)
class CalibratedClusters:
    """Call it for a batch of nodes with hard labels.

    Attributes:
        hops: propagations of the features.
        temperature: of the softmax by which the members of a cluster weigh.
        augmented: further members per training node: features propagated once less, of random nodes, more of classes
            that the probe knows badly.
        threshold: cosine above which two means are linked; None: no edges.
        scale: times the means.
    """

    hops: int = 2
    temperature: float = 0.5
    augmented: float = 0.5
    threshold: float | None = None
    scale: float = 1.0

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` nodes of class g. Raises `RequestError` for what is no graph."""
        batch = task.train.all()
        graph: Nodes = Nodes.expected(batch.inputs, "start 'calibrated clusters'")
        known = batch.examples()
        classes, labels = batch.groups[known], task.target.matrix(batch.targets)[known]
        hops = [graph.hop(number)[known] for number in range(self.hops + 1)]
        probe = linear_probe(hops, labels)
        more = self._further(hops[-1] @ probe, classes, rng.child("augmented"))
        vectors, classes = torch.cat([hops[-1], hops[-2][more]]), torch.cat([classes, classes[more]])
        owners = _owners(vectors, classes, counts, rng)
        means = confident_means(vectors, owners, confidences(vectors @ probe, classes), self.temperature)
        return replace(random(task, counts, rng), inputs=self._linked(means))

    def _further(
        self, scores: Float[Tensor, "n classes"], classes: Int[Tensor, " n"], rng: Rng
    ) -> Int[Tensor, " chosen"]:
        """Training nodes, some of them several times, by 1 - F1 of their class; by chance where all are known."""
        from sklearn.metrics import f1_score

        every = list(range(scores.shape[1]))
        known = f1_score(classes.cpu(), scores.argmax(1).cpu(), labels=every, average=None, zero_division=0)
        missed = 1 - torch.from_numpy(known)[classes.cpu()]
        chance = missed if bool(missed.any()) else torch.ones_like(missed)
        count = int(self.augmented * len(classes))
        if not count:
            return torch.zeros(0, dtype=torch.int64)
        return chance.multinomial(count, replacement=True, generator=rng.torch())

    def _linked(self, means: Float[Tensor, "k d"]) -> Nodes:
        if self.threshold is None:
            return features_only(self.scale * means)
        adjacency = similarity_edges(means, self.threshold)
        return Nodes(unpropagated(means, adjacency, self.scale), normalise_adjacency(adjacency))


def _owners(
    vectors: Float[Tensor, "n d"], classes: Int[Tensor, " n"], counts: Int[Tensor, " groups"], rng: Rng
) -> Int[Tensor, " n"]:
    """The cluster of every vector, numbered class after class; none is empty."""
    owners, before = torch.zeros_like(classes), 0
    for group, count in enumerate(counts.tolist()):
        members = (classes == group).nonzero().flatten()
        own = vectors[members]
        clusters = clusters_of(own, count, rng.child(group).integer())
        places = torch.cdist(own, clusters.centres).argmin(1)
        places[clusters.nearest] = torch.arange(count, device=places.device)
        owners[members] = before + places
        before += count
    return owners
