"""Gradients of each group's loss by the last layer alone, which its outputs and what it reads give in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Averaged, Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class HeadGradient(Averaged):
    """Sums of per-example gradients by weight and bias of the layer from embedding (n, width) to logits (n, outputs).

    That of the weight is the slope of the loss in the logits times the embedding, that of the bias the slope; DiLM
    (Maekawa et al., NAACL Findings 2024, arXiv 2404.00264) and GRADMM (Nguyen et al., ICML 2025, arXiv 2502.17607)
    compare no others.
    """

    additive: bool = True
    second_order: bool = False
    reads_layers: bool = False

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Of the weight (groups, outputs, width) and of the bias (groups, outputs), differentiable in the batch."""
        output = network(batch.inputs)
        slope = _slope(output.logits, batch, task)
        return Sums.of([slope[:, :, None] * output.embedding[:, None], slope], batch, len(task.groups))


def _slope(logits: Tensor, batch: Batch, task: Task) -> Tensor:
    """Derivative (n, outputs) of every example's loss by its logits."""
    differentiable = logits.requires_grad
    with torch.enable_grad():
        logits = logits if differentiable else logits.detach().requires_grad_()
        loss = task.target.loss(logits, batch.targets).sum()
        (slope,) = torch.autograd.grad(loss, logits, create_graph=differentiable)
    return slope
