"""Class-mean logits under a network (Wang et al., DiM: Distilling Dataset into Generative Model, 2023, 2303.04707)."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Averaged, Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class MeanLogits(Averaged):
    """Sums of logits, (groups, outputs): of a network that knows the data, what it takes each group for."""

    additive: bool = True
    second_order: bool = False
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Sum of each group's logits, (groups, outputs), and its weight, (groups,)."""
        return Sums.of([network(batch.inputs).logits], batch, len(task.groups))
