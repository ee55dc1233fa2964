"""Derivatives of a network's mean loss on a batch of inputs, targets and weights, by its flat parameters and by them.

Args of every derivative: parameters (p,), then the tensors of the inputs, the targets and the weights.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import torch
from torch import Tensor, nn
from torch.utils import _pytree

from condenset.core.batch import Batch
from condenset.kernels.derivatives import Derivatives, Loss
from condenset.nets.compiled import fast, in_bfloat16
from condenset.nets.network import Network
from condenset.tasks.targets.target import Target

PASSES = 11  # forward passes that the second derivatives of an example cost: 3 for its gradient, 8 for those of that


def derivatives(network: Network, target: Target, like: Batch) -> Derivatives:
    """As they stand, for batches whose inputs are built like those of `like`."""
    return Derivatives(_loss(network, target, _pytree.tree_structure((like.inputs, like.targets, like.weight))))


@lru_cache(maxsize=64)
def compiled_derivatives(module: nn.Module, target: Target, half: bool) -> Derivatives:
    """Compiled for images (n, channels, height, width), and shared by all networks of one architecture without buffers.

    Args: half, whether the network computes in bfloat16.
    """
    network = Network(module, dict(module.named_parameters()), {})
    loss = _loss(network, target, _pytree.tree_structure((0, 0, 0)), half)

    def in_channels_last(parameters: Tensor, images: Tensor, *rest: Tensor) -> Tensor:
        return loss(parameters, images.contiguous(memory_format=torch.channels_last), *rest)

    return Derivatives(in_channels_last, fast)


def _loss(network: Network, target: Target, structure: _pytree.TreeSpec, half: bool = False) -> Loss:
    def loss(parameters: Tensor, *batch: Tensor) -> Tensor:
        inputs, targets, weight = _pytree.tree_unflatten(list(batch), structure)
        own = replace(network, buffers={name: buffer.clone() for name, buffer in network.buffers.items()})
        with in_bfloat16(parameters, half):
            output = own(inputs, network.unflatten(parameters))
        losses = target.loss(output.logits.float() if half else output.logits, targets)
        losses = sum(output.penalties, losses)
        return (losses * weight).sum() / weight.sum()

    return loss
