"""Class-mean embeddings, and how the channels of the last feature maps vary together (Deng et al., Exploiting
Inter-sample and Inter-feature Relations in Dataset Distillation, CVPR 2024, arXiv 2404.00563)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.covariance import covariances, with_products
from condenset.signals.signal import Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class LocalCovariance:
    """Sums of embeddings and, of maps X (channels, positions), of X and of X X^T (groups, channels, channels).

    The covariance is the mean over a group's examples of (X - mean X)(X - mean X)^T. Activations without positions
    have one; a network without layers has its embedding in their place.

    Attributes:
        weight: of the squared distance between covariances beside that between embeddings.
    """

    weight: float = 0.01
    additive: bool = True
    second_order: bool = False
    reads_layers: bool = True

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sums of each group's embeddings, (groups, features), and its weight, (groups,).

        As `with_products` has them, sums of maps, (groups, channels, positions), and of X X^T follow the embeddings.
        """
        output = network(batch.inputs)
        first = Sums.of([output.embedding], batch, len(task.groups))
        last = output.layers[-1] if output.layers else output.embedding
        return with_products(first, last.flatten(2) if last.dim() > 2 else last[:, :, None], batch)

    def compared(self, sums: Sums) -> tuple[Tensor, ...]:
        """Means (groups, features), and weighted covariances (groups, channels, channels)."""
        return covariances(sums, math.sqrt(self.weight))
