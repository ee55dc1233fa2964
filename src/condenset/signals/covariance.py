"""Class means and covariances of embeddings (Li et al., Diversified Semantic Distribution Matching for Dataset
Distillation, ACM MM 2024)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Sums
from condenset.tasks.task import Task


def with_products(first: Sums, maps: Float[Tensor, "examples features columns"], batch: Batch) -> Sums:
    """Further sums of the batch, and what the covariance over `maps` X is made of.

    Those are the sums of X (groups, features, columns) and of X X^T (groups, features, features).
    """
    weighted = maps * batch.weight[:, None, None].to(maps)
    own = [batch.groups == group for group in range(len(first.counts))]
    means = torch.stack([weighted[members].sum(0) for members in own])
    products = torch.stack([_outer(weighted[members], maps[members]) for members in own])
    return Sums((*first.totals, means, products), first.counts)


def covariances(sums: Sums, scale: float, correction: int = 0) -> tuple[Tensor, ...]:
    """Means of the further sums, and scaled covariances (groups, features, features), of `with_products`.

    The covariance of a group with no more examples than the correction is 0.

    Args: correction, taken off the number of examples that a covariance is divided by.
    """
    *others, centre, product = sums.mean()
    counts = sums.counts.to(product)
    share = torch.where(counts > correction, counts / (counts - correction).clamp(min=1e-12), 0)
    return *others, scale * share[:, None, None] * (product - centre @ centre.mT)


@dataclass(frozen=True)
class Covariance:
    """Sums of embeddings, (groups, features), and of their outer products, (groups, features, features).

    Attributes:
        weight: of the squared distance between covariances per feature, beside that between means.
        correction: taken off the number of examples that a covariance is divided by; 1 makes it unbiased (DSDM).
    """

    weight: float = 50.0
    correction: int = 0
    additive: bool = True
    second_order: bool = False
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sums of each group's embeddings and outer products and its weight.

        They are (groups, features), and as `with_products` has them (groups, features, 1) and (groups, features,
        features).
        """
        embedding = network(batch.inputs).embedding
        return with_products(Sums.of([embedding], batch, len(task.groups)), embedding[:, :, None], batch)

    def compared(self, sums: Sums) -> tuple[Tensor, ...]:
        """Means (groups, features), and weighted covariances (groups, features, features)."""
        return covariances(sums, math.sqrt(self.weight / sums.totals[0].shape[1]), self.correction)


def _outer(a: Float[Tensor, "n features columns"], b: Float[Tensor, "n features columns"]) -> Tensor:
    """Sum over examples of a b^T."""
    return a.transpose(0, 1).flatten(1) @ b.transpose(0, 1).flatten(1).T
