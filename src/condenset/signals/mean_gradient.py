"""The gradient of the loss of all groups together (Lee et al., Dataset Condensation with Contrastive Signals, ICML
2022, arXiv 2202.02916)."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.class_gradient import gradients_of_parts
from condenset.signals.signal import Averaged, Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class MeanGradient(Averaged):
    """The sum of all examples' gradients, a tensor (1, *parameter shape) per parameter.

    Matching class by class is ruled by what the classes' gradients share; here only their sum has to agree.
    """

    additive: bool = True
    second_order: bool = True
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Gradients of the summed loss, (1, *parameter shape) each, and the summed weight, (1,).

        Second derivatives flow where the batch requires gradients.
        """
        gradients = gradients_of_parts(network, batch, [batch.examples()], task)
        return Sums(gradients, batch.weight.sum().float().view(1))
