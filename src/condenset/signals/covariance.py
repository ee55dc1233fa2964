"""Class means and covariances of embeddings (Li et al., Diversified Semantic Distribution Matching for Dataset
Distillation, ACM MM 2024)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Moments(Sums):
    """Sums of embeddings (groups, features) and of their outer products (groups, features, features).

    Attributes:
        weight, correction: as in `Covariance`.
    """

    weight: float
    correction: int

    def mean(self) -> tuple[Tensor, ...]:
        """Means, and covariances times the root of their weight over the number of features.

        The covariance of a group without more examples than the correction is 0.
        """
        mean, product = super().mean()
        spread = product - mean[:, :, None] * mean[:, None, :]
        counts = self.counts.to(spread)
        share = torch.where(counts > self.correction, counts / (counts - self.correction).clamp(min=1e-12), 0)
        return mean, math.sqrt(self.weight / mean.shape[1]) * share[:, None, None] * spread


@dataclass(frozen=True)
class Covariance:
    """Sums of embeddings and of their outer products. They take features^2 numbers per group.

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
        """Sums of each group's embeddings and outer products and its weight."""
        groups, embedding = task.target.groups, network(batch.inputs).embedding
        first = Sums.of([embedding], batch, groups)
        weighted = embedding * batch.weight[:, None].to(embedding)
        own = [batch.groups == group for group in range(groups)]
        products = torch.stack([weighted[members].T @ embedding[members] for members in own])
        return Moments((*first.totals, products), first.counts, self.weight, self.correction)
