"""Compiling a network's forward and backward pass where the work ahead repays the half minute it takes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.func import functional_call

from condenset.core.batch import Inputs
from condenset.nets.network import Network

Logits = Callable[[Mapping[str, Tensor], Inputs], Tensor]
_REPAYS_FROM = 50_000  # examples through a convolutional network


def logits_function(network: Network, examples: int) -> Logits:
    """`(parameters, inputs) -> logits` of a network that is about to see this many examples in training.

    Compiled for convolutional networks and long training, where the machine has a C++ compiler; the numbers agree
    with the plain function up to rounding.
    """

    def logits(parameters: Mapping[str, Tensor], inputs: Inputs) -> Tensor:
        values = {**parameters, **network.buffers}
        return functional_call(network.module, values, (inputs,)).logits

    convolutional = any(isinstance(module, nn.Conv2d) for module in network.module.modules())
    if not (convolutional and examples >= _REPAYS_FROM and (shutil.which("g++") or shutil.which("clang++"))):
        return logits
    return torch.compile(logits, dynamic=False)
