"""Medoids among the leaves of a forest: real examples that stand for those which trees sort alike.

A latent space in which what does not tell the groups apart counts for nothing; clusters of supervised latents are what
teaches best of tables (Kang et al., On Learning Representations for Tabular Data Distillation, 2025, arXiv 2501.13905,
there with networks: `latent-medoids`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.rng import Rng
from condenset.starts.medoids import medoids
from condenset.tasks.task import Task

_TREES, _LEAF = 100, 5  # trees; examples of a leaf, at least
_WIDTH = 32  # of the latent space
_MOST = 10_000  # examples that the forest learns from
_SEEDS = 2**32


def leaf_medoids(task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
    """`counts[g]` examples of group g, no two the same."""
    represent = leaves(task, rng.child("leaves"))
    return medoids(replace(task, modality=replace(task.modality, represent=represent)), counts, rng)


def leaves(task: Task, rng: Rng) -> Callable[[Inputs], Float[Tensor, "n d"]]:
    """What says in which leaves inputs (n, ...) fall, as vectors (n, d): the leading singular directions of a forest's
    leaves (Geurts et al., Extremely randomized trees, Machine Learning 2006)."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.preprocessing import OneHotEncoder

    seen, seed = task.train.sample(_MOST // task.train.groups, rng), rng.integer() % _SEEDS
    vectors, represent = _numbers(task.modality.represent(seen.inputs)), task.modality.represent
    forest = ExtraTreesClassifier(_TREES, min_samples_leaf=_LEAF, random_state=seed).fit(vectors, seen.groups.cpu())
    encoder = OneHotEncoder(handle_unknown="ignore")
    fallen = encoder.fit_transform(forest.apply(vectors))
    latent = TruncatedSVD(max(1, min(_WIDTH, *(side - 1 for side in fallen.shape))), random_state=seed).fit(fallen)

    def represented(inputs: Inputs) -> Float[Tensor, "n d"]:
        fallen = encoder.transform(forest.apply(_numbers(represent(inputs))))
        return torch.from_numpy(latent.transform(fallen)).float()

    return represented


def _numbers(vectors: Tensor) -> Tensor:
    return vectors.detach().cpu().flatten(1).double()


START = leaf_medoids
