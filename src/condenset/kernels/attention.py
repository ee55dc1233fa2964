"""Attention maps: where, or in which channels, a layer's activations are large; unit vectors, one per example."""

from __future__ import annotations

import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor


def spatial_attention(layer: Float[Tensor, "n channels *space"], power: float) -> Float[Tensor, "n positions"]:
    """Sum over channels of |activation|^power, flattened and of unit length (DataDAM, arXiv 2310.00093).

    Activations without space, (n, features), are one channel with a position per feature.
    """
    maps = layer.unsqueeze(1) if layer.dim() == 2 else layer
    return F.normalize(maps.abs().pow(power).sum(1).flatten(1), dim=1)


def channel_attention(layer: Float[Tensor, "n channels *space"], power: float) -> Float[Tensor, "n channels"]:
    """Sum over space of |activation|^power, of unit length (ATOM, arXiv 2405.01373)."""
    return F.normalize(layer.flatten(2).abs().pow(power).sum(2) if layer.dim() > 2 else layer.abs().pow(power), dim=1)
