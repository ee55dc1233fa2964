"""Means of clusters of directions (Dhillon & Modha, Concept Decompositions for Large Sparse Text Data Using Clustering,
Machine Learning 2001): per group, k-means of vectors at length 1, in the modality's representation.

Where lengths say little, as those of counts of words, k-means spends its clusters on the few longest vectors.
"""

from __future__ import annotations

from jaxtyping import Int
from torch import Tensor
from torch.nn.functional import normalize

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.starts.k_means import cluster_means
from condenset.tasks.task import Task


def spherical_k_means(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` means of group g, of the vectors themselves, with the mean target where it is a number."""
    return cluster_means(task, counts, rng, normalize)


START = spherical_k_means
