"""Class-mean embeddings under a network (Zhao & Bilen, Dataset Condensation with Distribution Matching, 2110.04181)."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class MeanEmbedding:
    """Sums of embeddings, (groups, features)."""

    additive: bool = True
    second_order: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sum of each group's embeddings and its weight."""
        embedding = network(batch.inputs).embedding
        weighted = embedding * batch.weight[:, None].to(embedding)
        total = embedding.new_zeros(task.target.groups, embedding.shape[1]).index_add(0, batch.groups, weighted)
        count = torch.zeros(task.target.groups, device=embedding.device).index_add(0, batch.groups, batch.weight)
        return Sums((total,), count)
