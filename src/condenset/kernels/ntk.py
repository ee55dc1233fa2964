"""Neural tangent kernel of a fully connected ReLU network (Jacot et al., 2018; KIP, Nguyen et al., 2021)."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.structure import as_rows
from condenset.kernels.dense import DenseNetwork


@dataclass(frozen=True)
class NTK(DenseNetwork):
    """The tangent kernel of a `DenseNetwork`, (na, nb) between two sets of examples.

    Attributes:
        width: None for the NTK parameterisation (KIP), else the hidden width of the standard parameterisation,
            in which the kernel grows with the width and the learning rate of a layer does not depend on its size.
    """

    width: int | None = None

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between flattened (na, ...) and (nb, ...) tensors. Raises `RequestError` for a graph."""
        return self.moments(as_rows(a, "kernel 'ntk'"), as_rows(b, "kernel 'ntk'"), self.width)[1]


KERNEL = NTK()
