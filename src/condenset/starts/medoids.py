"""Medoids: per group, the real examples that are nearest to the centres of k-means, none of them twice.

What a mean of rows blurs (categories, gaps, steps that trees split at) a real row keeps.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.float64 import float64
from condenset.core.rng import Rng
from condenset.kernels.selection import k_means as clusters_of
from condenset.starts.start import candidates, represented, wanted
from condenset.tasks.task import Task


def medoids(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` examples of group g, in the modality's representation."""
    examples, picks = represented(task), []
    for group, count in wanted(counts):
        free = candidates(task, group, count)
        vectors = examples(free)[0]
        centres = clusters_of(vectors, count, rng.child(group).integer()).centres
        picks.append(free[nearest(vectors, centres)])
    return task.train.cut_out(torch.cat(picks))


def nearest(vectors: Float[Tensor, "n d"], centres: Float[Tensor, "k d"]) -> Int[Tensor, " k"]:
    """The nearest vector of every centre, (k,), those of earlier centres left out."""
    distances = torch.cdist(float64(centres), float64(vectors))
    chosen = []
    for row in distances:
        chosen.append(int(row.argmin()))
        distances[:, chosen[-1]] = torch.inf
    return torch.tensor(chosen, dtype=torch.int64)


START = medoids
