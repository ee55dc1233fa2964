"""What batch normalisations see of a batch, and the running statistics that they keep of the data."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.nets.layer_inputs import looked_at
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
