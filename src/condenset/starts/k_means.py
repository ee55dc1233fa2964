"""K-means prototypes: per group, the centres of its clusters in the modality's representation.

Of data on disk the clusters are found in a random part of the group; one pass then moves each centre to the mean of
all examples that are nearest to it.
"""

from __future__ import annotations

from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.float64 import float64
from condenset.core.rng import Rng
from condenset.core.structure import of_vectors
from condenset.kernels.selection import KMeans
from condenset.kernels.selection import k_means as clusters_of
from condenset.starts.medoids import medoids
from condenset.starts.random import random
from condenset.starts.start import candidates, represented
from condenset.tasks.task import Task
from condenset.tasks.view import Represented


def k_means(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` centres of group g, or what is nearest to them. A regression target becomes its cluster's mean."""
    if not task.modality.means_are_examples:
        return medoids(task, counts, rng)
    examples, means = represented(task), []
    for group, count in enumerate(counts.tolist()):
        some = candidates(task, group, count)
        clusters = clusters_of(examples(some)[0], count, rng.child(group).integer())
        means.append(_means(task, group, examples, clusters, some))
    centres, targets = (torch.cat(parts) for parts in zip(*means, strict=True))
    return replace(random(task, counts, rng), inputs=of_vectors(centres, task.input_spec), targets=targets)


def _means(
    task: Task, group: int, examples: Represented, clusters: KMeans, some: Int[Tensor, " n"]
) -> tuple[Float[Tensor, "k d"], Tensor]:
    """Mean vectors and targets of what is nearest to each centre, over the whole group.

    Where nothing is, since the centre copies another one, its nearest example takes its place.
    """
    centres, targets = examples(some[clusters.nearest])
    wide = float64(clusters.centres)
    vector_sums, target_sums = torch.zeros_like(wide), torch.zeros_like(float64(targets))
    sizes = torch.zeros_like(wide[:, 0])
    for part in task.train.parts(group):
        vectors, values = examples(part)
        owners = torch.cdist(float64(vectors), wide).argmin(1)
        vector_sums.index_add_(0, owners, float64(vectors))
        target_sums.index_add_(0, owners, float64(values))
        sizes += torch.bincount(owners, minlength=len(centres))
    owned = sizes > 0
    centres[owned] = (vector_sums[owned] / sizes[owned, None]).to(centres)
    if targets.is_floating_point():
        targets[owned] = (target_sums[owned] / sizes[owned, None]).to(targets)
    return centres, targets


START = k_means
