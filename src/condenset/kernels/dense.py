"""Fully connected ReLU networks of infinite width: their NNGP and their NTK."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.kernels.arccosine import affine_step, deviation, relu_step


@dataclass(frozen=True)
class DenseNetwork:
    """`depth` times [affine, ReLU], then an affine output layer; the defaults are KIP's network.

    Attributes:
        depth: number of hidden layers, at least 0.
        weight_std: standard deviation of the weights (times sqrt(fan in)).
        bias_std: standard deviation of the biases; 0 means no biases.
    """

    depth: int = 1
    weight_std: float = math.sqrt(2.0)
    bias_std: float = 0.1

    def moments(
        self, a: Float[Tensor, "na entries"], b: Float[Tensor, "nb entries"], width: int | None
    ) -> tuple[Float[Tensor, "na nb"], Float[Tensor, "na nb"]]:
        """NNGP and NTK of the output layer (Lee et al., 2018; Jacot et al., 2018), in the inputs' dtype.

        `width` None is the NTK parameterisation, a number the standard parameterisation of that hidden width.
        """
        fan_in = a.shape[1]
        nngp = a @ b.T / fan_in
        ntk = torch.zeros_like(nngp)
        variance_a, variance_b = a.square().mean(1), b.square().mean(1)
        for _ in range(self.depth):
            nngp, ntk = self._affine(nngp, ntk, fan_in if width else None)
            variance_a, variance_b = self._variance(variance_a), self._variance(variance_b)
            nngp, ntk = relu_step(nngp, ntk, torch.outer(deviation(variance_a), deviation(variance_b)))
            variance_a, variance_b = variance_a / 2, variance_b / 2
            fan_in = width or fan_in
        return self._affine(nngp, ntk, fan_in if width else None)

    def _variance(self, variance: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
        return self.weight_std**2 * variance + self.bias_std**2

    def _affine(
        self, nngp: Float[Tensor, "na nb"], ntk: Float[Tensor, "na nb"], fan_in: int | None
    ) -> tuple[Float[Tensor, "na nb"], Float[Tensor, "na nb"]]:
        after, scaled = affine_step(nngp, ntk, self.weight_std, self.bias_std)
        if fan_in is None:
            return after, scaled
        # Unscaled weights: the gradient by a layer's weights is its input, fan_in times the mean product.
        return after, fan_in * nngp + float(self.bias_std > 0) + self.weight_std**2 * ntk
