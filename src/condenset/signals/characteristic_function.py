"""Empirical characteristic functions of embeddings, which determine their whole distribution (Wang et al., Dataset
Distillation with Neural Characteristic Function, CVPR 2025, arXiv 2502.20653)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.random_features import gaussian_frequencies
from condenset.nets.network import Network
from condenset.signals.signal import Averaged, Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class CharacteristicFunction(Averaged):
    """Sums of cos <t, f> and of sin <t, f> over normal frequencies t, two tensors (groups, frequencies).

    f is an example's embedding scaled to unit length. The squared error between two means is the number of frequencies
    times the squared maximum mean discrepancy under the kernel exp(-|f - g|^2 / (2 bandwidth^2)), up to its random
    features.

    Attributes:
        count: frequencies.
        bandwidth: 1 / their standard deviation.
        seed: of the frequencies, the same for every network, so that real sides can be kept and merged.
    """

    count: int = 1024
    bandwidth: float = 1.0
    seed: int = 0
    additive: bool = True
    second_order: bool = False
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sums of each group's cosines and sines, (groups, frequencies) each, and its weight, (groups,)."""
        features = F.normalize(network(batch.inputs).embedding, dim=1)
        frequencies = _frequencies(features.shape[1], self.count, self.bandwidth, self.seed)
        phases = features @ frequencies.to(features)
        return Sums.of([phases.cos(), phases.sin()], batch, len(task.groups))


@lru_cache(maxsize=4)
def _frequencies(entries: int, count: int, bandwidth: float, seed: int) -> Float[Tensor, "entries count"]:
    return gaussian_frequencies(entries, count, bandwidth, Rng(seed).child("frequencies", entries))
