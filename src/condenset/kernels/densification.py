"""How far the images of a class are from spanning as many directions as there are images (Shao et al., data
densification, G-VBSM, CVPR 2024, arXiv 2311.17950)."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

_SOFTER = 4.0  # times, that the eigenvalues are which they are compared with


def thinness(vectors: Float[Tensor, "n d"]) -> Float[Tensor, ""]:
    """KL divergence of the softmax of the Gram matrix's eigenvalues from that of a quarter of them: 0 for one vector
    and where vectors are orthogonal, which the paper calls dense; vectors count by their direction."""
    unit = normalize(vectors, dim=1)
    eigenvalues = torch.linalg.eigvalsh(unit @ unit.T)
    own, softer = eigenvalues.log_softmax(0), (eigenvalues / _SOFTER).log_softmax(0)
    return (own.exp() * (own - softer)).sum()
