"""What batch normalisations see of a batch, and the running statistics that they keep of the data."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.nets.network import Network, Output, batch_norms


@dataclass(frozen=True)
class NormStatistics:
    """One batch normalisation's.

    Attributes:
        mean, variance: (channels,) of its input over the batch and all places, the variance without correction.
        running_mean, running_variance: (channels,) that it keeps.
    """

    mean: Float[Tensor, " channels"]
    variance: Float[Tensor, " channels"]
    running_mean: Float[Tensor, " channels"]
    running_variance: Float[Tensor, " channels"]


def with_norm_statistics(network: Network, inputs: Inputs) -> tuple[Output, list[NormStatistics]]:
    """The output for inputs (n, ...) and what the batch normalisations saw on the way, first one first; differentiable.

    Raises `RequestError` where it has none.
    """
    statistics: list[NormStatistics] = []

    def look(module: Any, arguments: tuple[Tensor, ...]) -> None:
        (values,) = arguments
        variance, mean = torch.var_mean(values.transpose(0, 1).flatten(1), 1, correction=0)
        statistics.append(NormStatistics(mean, variance, module.running_mean, module.running_var))

    with _hooked(network.module, look):
        output = replace(network, forward=None)(inputs)
    if not statistics:
        raise RequestError(
            "this network has no batch normalisation, whose statistics are to be matched: take one that has, "
            "for example --set network=convnet:norm=batch"
        )
    return output, statistics


def with_running_statistics(network: Network, batches: Iterable[Inputs]) -> Network:
    """The network with running statistics that are means over these batches (examples, ...), all weighted alike."""
    module = copy.deepcopy(network.module).train()
    for norm in batch_norms(module):
        norm.momentum = None  # PyTorch's sign for a plain mean
    buffers = {name: torch.zeros_like(buffer) for name, buffer in network.buffers.items()}
    with torch.no_grad():
        for inputs in batches if buffers else ():
            functional_call(module, {**network.parameters, **buffers}, (inputs,))
    return replace(network, buffers=buffers)


@contextmanager
def _hooked(module: nn.Module, look: Callable[[Any, tuple[Tensor, ...]], None]) -> Iterator[None]:
    handles = [norm.register_forward_pre_hook(look) for norm in batch_norms(module)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
