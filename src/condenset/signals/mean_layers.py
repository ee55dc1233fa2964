"""Class-mean activations of all layers (Wang et al., CAFE: Learning to Condense Dataset by Aligning Features, CVPR
2022, arXiv 2203.01531), or of the last one alone (Zhao et al., Improved Distribution Matching, CVPR 2023, 2307.09742).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Averaged, Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class MeanLayers(Averaged):
    """Sums of activations, a tensor (groups, *layer) per layer and one of embeddings, times the root of its weight.

    So a squared distance between means weighs its terms. What weighs 0 is left out. The defaults are CAFE's, which
    counts the embedding twice, before and after flattening.

    Attributes:
        early: weight of every layer but the last.
        last: of the last layer, before its pooling.
        embedding: of what the classifier reads.
    """

    early: float = 0.1
    last: float = 1.0
    embedding: float = 2.0
    additive: bool = True
    second_order: bool = False
    reads_layers: bool = True

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sums of each group's activations, (groups, *layer) and (groups, features), and its weight, (groups,)."""
        output = network(batch.inputs)
        pairs = [(self.early, layer) for layer in output.layers[:-1]]
        pairs += [(self.last, layer) for layer in output.layers[-1:]]
        pairs += [(self.embedding, output.embedding)]
        weighted = [math.sqrt(weight) * values for weight, values in pairs if weight]
        return Sums.of(weighted, batch, len(task.groups))
