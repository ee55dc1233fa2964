"""Class-mean embeddings under a network (Zhao & Bilen, Dataset Condensation with Distribution Matching, 2110.04181)."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Averaged, Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class MeanEmbedding(Averaged):
    """Sums of embeddings, (groups, features)."""

    additive: bool = True
    second_order: bool = False
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sum of each group's embeddings, (groups, features), and its weight, (groups,)."""
        return Sums.of([network(batch.inputs).embedding], batch, len(task.groups))
