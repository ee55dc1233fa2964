"""Gradients of each group's loss by the network's parameters (Zhao et al., Dataset Condensation with Gradient
Matching, ICLR 2021, arXiv 2006.05929)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils import _pytree

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.signals.signal import Sums
from condenset.tasks.task import Task


@dataclass(frozen=True)
class ClassGradient:
    """Sums of per-example gradients, a tensor (groups, *parameter shape) per parameter."""

    additive: bool = True
    second_order: bool = True

    def sums(self, network: Network, batch: Batch, task: Task) -> Sums:
        """Gradient of the summed loss of each group; second derivatives flow where the batch requires gradients."""
        point = network.trainable()
        parameters = list(point.parameters.values())
        differentiable = any(t.requires_grad for t in _pytree.tree_leaves((batch.inputs, batch.targets)))
        gradients: list[tuple[Tensor, ...]] = []
        counts = []
        for group in range(task.target.groups):
            members = ((batch.groups == group) & (batch.weight > 0)).nonzero().flatten()
            counts.append(batch.weight[members].sum())
            if len(members) == 0:
                gradients.append(tuple(torch.zeros_like(p) for p in parameters))
                continue
            part = batch.select(members)
            with torch.enable_grad():
                loss = (task.target.loss(point(part.inputs).logits, part.targets) * part.weight).sum()
                gradients.append(torch.autograd.grad(loss, parameters, create_graph=differentiable))
        return Sums(tuple(torch.stack(g) for g in zip(*gradients, strict=True)), torch.stack(counts).float())
