"""What layers read, by its moments: per channel, and per patch of the maps (Shao et al., G-VBSM, CVPR 2024, arXiv
2311.17950; of every class by itself: EDC, NeurIPS 2024, arXiv 2404.13733)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch.nn.functional as F
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.layer_inputs import layer_inputs
from condenset.nets.network import Network, Output
from condenset.signals.signal import Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class LayerStatistics:
    """Sums of first and second moments, two tensors (groups, entries) after each other for every layer and, after its
    channels, for its patches. The statistics of a group, or of several together, follow from them.

    Attributes:
        convolutions: whether convolutions are looked at beside batch normalisations.
        patches: along a side of the maps, whose moments are over examples, channels and the patch; 0: none.
    """

    convolutions: bool = True
    patches: int = 4
    additive: bool = True
    second_order: bool = False
    reads_layers: bool = True

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sums of moments, (groups, entries); a network without such layers has its embedding in their place."""
        return self.read(network, batch, task)[1]

    def read(self, network: Network, batch: Batch, task: Task) -> tuple[Output, Sums]:
        """The output of examples (n, ...), and their sums, in one pass."""
        output, layers = layer_inputs(replace(network, forward=None), batch.inputs, self.convolutions)
        moments = [moment for values in layers or [output.embedding] for moment in self._moments(values)]
        return output, Sums.of(moments, batch, len(task.groups))

    def compared(self, sums: Sums) -> tuple[Tensor, ...]:
        """Means and variances, two tensors (groups, entries) after each other."""
        moments = iter(sums.mean())
        return tuple(part for mean in moments for part in (mean, next(moments) - mean.square()))

    def _moments(self, values: Tensor) -> Sequence[Tensor]:
        """Of what a layer reads, (n, channels, ...): of channels (n, channels) and of patches (n, patches)."""
        both = values, values.square()
        found = [part.flatten(2).mean(2) if part.dim() > 2 else part for part in both]
        if self.patches and values.dim() == 4:
            found += [F.adaptive_avg_pool2d(part.mean(1), self.patches).flatten(1) for part in both]
        return found
