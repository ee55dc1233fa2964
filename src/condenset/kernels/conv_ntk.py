"""Neural tangent kernel of a convolutional ReLU network of infinite width (KIP, Nguyen et al., 2021)."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.kernels.conv_network import ConvNetwork


@dataclass(frozen=True)
class ConvNTK(ConvNetwork):
    """The tangent kernel of a `ConvNetwork`, (na, nb) between two sets of images."""

    def __call__(self, a: Inputs, b: Inputs) -> Float[Tensor, "na nb"]:
        """Kernel matrix between images (n, channels, height, width). Raises `RequestError`, see `ConvNetwork`."""
        return self.kernel(a, b, 1, "conv-ntk")


KERNEL = ConvNTK()
