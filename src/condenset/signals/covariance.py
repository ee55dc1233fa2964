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


@dataclass(frozen=True)
class Moments(Sums):
    """Sums whose last two are of matrices X (groups, features, columns) and of X X^T (groups, features, features).

    Attributes:
        scale: factor of the covariances.
        correction: taken off the number of examples that a covariance is divided by.
    """

    scale: float
    correction: int

    @classmethod
    def with_covariance(
        cls,
        first: Sums,
        maps: Float[Tensor, "examples features columns"],
        batch: Batch,
        scale: float,
        correction: int = 0,
    ) -> Moments:
        """Further sums of the batch, and what the covariance over `maps` is made of."""
        weighted = maps * batch.weight[:, None, None].to(maps)
        own = [batch.groups == group for group in range(len(first.counts))]
        means = torch.stack([weighted[members].sum(0) for members in own])
        products = torch.stack([_outer(weighted[members], maps[members]) for members in own])
        return cls((*first.totals, means, products), first.counts, scale, correction)

    def mean(self) -> tuple[Tensor, ...]:
        """Means of the further sums, and scaled covariances (groups, features, features).

        The covariance of a group with no more examples than the correction is 0.
        """
        *others, centre, product = super().mean()
        counts = self.counts.to(product)
        share = torch.where(counts > self.correction, counts / (counts - self.correction).clamp(min=1e-12), 0)
        return *others, self.scale * share[:, None, None] * (product - centre @ centre.mT)


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

    def sums(self, network: Network, batch: Batch, task: Task) -> Moments:
        """Sums of each group's embeddings and outer products and its weight.

        They are (groups, features), and as `Moments` has them (groups, features, 1) and (groups, features, features).
        """
        embedding = network(batch.inputs).embedding
        first = Sums.of([embedding], batch, len(task.groups))
        scale = math.sqrt(self.weight / embedding.shape[1])
        return Moments.with_covariance(first, embedding[:, :, None], batch, scale, self.correction)


def _outer(a: Float[Tensor, "n features columns"], b: Float[Tensor, "n features columns"]) -> Tensor:
    """Sum over examples of a b^T."""
    return a.transpose(0, 1).flatten(1) @ b.transpose(0, 1).flatten(1).T
