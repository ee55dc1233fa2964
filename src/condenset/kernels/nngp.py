"""Gaussian-process kernel of a fully connected ReLU network of infinite width (Lee et al., 2018)."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.structure import as_rows
from condenset.kernels.dense import DenseNetwork


@dataclass(frozen=True)
class NNGP(DenseNetwork):
    """The covariance of a `DenseNetwork`'s outputs at initialisation, (na, nb) between two sets of examples."""

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between flattened (na, ...) and (nb, ...) tensors. Raises `RequestError` for a graph."""
        return self.moments(as_rows(a, "kernel 'nngp'"), as_rows(b, "kernel 'nngp'"), None)[0]


KERNEL = NNGP()
