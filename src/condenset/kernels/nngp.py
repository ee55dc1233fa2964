"""Gaussian-process kernel of a fully connected ReLU network of infinite width (Lee et al., 2018)."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.kernels.dense import DenseNetwork
from condenset.kernels.inputs import flat_inputs


@dataclass(frozen=True)
class NNGP(DenseNetwork):
    """The covariance of a `DenseNetwork`'s outputs at initialisation, (na, nb) between two sets of examples."""

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between flattened (na, ...) and (nb, ...) tensors. Raises `RequestError` for a graph."""
        return self.moments(flat_inputs(a, "nngp"), flat_inputs(b, "nngp"), None)[0]


KERNEL = NNGP()
