"""Class-mean attention maps of the layers (Sajedi et al., DataDAM: Efficient Dataset Distillation with Attention
Matching, ICCV 2023, arXiv 2310.00093; Khaki et al., ATOM, CVPR Workshops 2024, arXiv 2405.01373)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from condenset.core.batch import Batch
from condenset.kernels.attention import channel_attention, spatial_attention
from condenset.nets.network import Network
from condenset.signals.signal import Averaged, Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Attention(Averaged):
    """Sums of attention maps of every layer but the last, (groups, positions or channels), and of embeddings.

    Each is multiplied by the root of its weight, so that a squared distance between means weighs its terms. What
    weighs 0 is left out. The defaults are DataDAM's as released.

    Attributes:
        power: of the activations in a map; DataDAM's paper says 4, its released code takes 1.
        spatial, channel: weights of the two kinds of maps.
        embedding: weight of the embedding.
    """

    power: float = 1.0
    spatial: float = 100.0
    channel: float = 0.0
    embedding: float = 1.0
    additive: bool = True
    second_order: bool = False
    reads_layers: bool = True

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sums of each group's maps (groups, positions or channels) and embeddings (groups, features); its weight."""
        output = network(batch.inputs)
        kinds = [(self.spatial, spatial_attention), (self.channel, channel_attention)]
        maps = [
            math.sqrt(weight) * attention(layer, self.power)
            for layer in output.layers[:-1]
            for weight, attention in kinds
            if weight
        ]
        return Sums.of([*maps, math.sqrt(self.embedding) * output.embedding], batch, len(task.groups))
