"""What the layers of a network read of a batch, and the statistics that batch normalisations keep of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.nets.network import Network, Output, batch_norms


def layer_inputs(network: Network, inputs: Inputs, convolutions: bool) -> tuple[Output, list[Tensor]]:
    """The output for inputs (n, ...) and what layers read on the way, (n, channels, ...), in that order.

    Differentiable. Args: convolutions, whether what convolutions read is there beside what batch normalisations do.
    """
    layers: list[nn.Module] = [*batch_norms(network.module)]
    if convolutions:
        layers += [part for part in network.module.modules() if isinstance(part, nn.Conv2d)]
    found: list[Tensor] = []
    with looked_at(layers, lambda module, values: found.append(values)):
        return network(inputs), found


@contextmanager
def looked_at(layers: Sequence[nn.Module], look: Callable[[Any, Tensor], None]) -> Iterator[None]:
    """Calls `look` with every layer and what it reads, as it reads it."""

    def before(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        look(module, *arguments)

    handles = [layer.register_forward_pre_hook(before) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


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

    def look(module: Any, values: Tensor) -> None:
        variance, mean = torch.var_mean(values.transpose(0, 1).flatten(1), 1, correction=0)
        statistics.append(NormStatistics(mean, variance, module.running_mean, module.running_var))

    norms = batch_norms(network.module)
    if not norms:
        raise RequestError(
            "this network has no batch normalisation, whose statistics are to be matched: take one that has, "
            "for example --set network=convnet:norm=batch"
        )
    with looked_at(norms, look):
        return replace(network, forward=None)(inputs), statistics
