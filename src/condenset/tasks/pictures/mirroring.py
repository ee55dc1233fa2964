"""Whether pictures bear to be mirrored, asked of the pictures: letters and digits do not, most photographs do."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

MOST = 4000  # pictures that are asked
_SIDE = 16  # pixels, to which they are brought
_SURE = 1.645  # standard errors: one chance in twenty to be wrong


def bears_mirroring(images: Float[Tensor, "n c h w"], labels: Int[Tensor, " n"]) -> bool:
    """Whether mirrored pictures mislead nobody: the nearest of the others is of a picture's class as often where these
    are there mirrored, too; true where a difference may be chance.

    Args: images of the training data, up to `MOST` of them, in any scale and order.
    """
    if len(images) < 2:
        return True
    small = F.adaptive_avg_pool2d(images, (min(_SIDE, images.shape[2]), min(_SIDE, images.shape[3])))
    near, nearest = _others(small, small)
    near_mirrored, nearest_mirrored = _others(small, small.flip(3))
    alone = labels[nearest] == labels
    both = labels[torch.where(near_mirrored < near, nearest_mirrored, nearest)] == labels
    lost, gained = int((alone & ~both).sum()), int((~alone & both).sum())
    return lost - gained <= _SURE * math.sqrt(lost + gained)


def _others(asked: Float[Tensor, "n c h w"], known: Float[Tensor, "n c h w"]) -> tuple[Tensor, Tensor]:
    """How far the nearest is that is no form of the picture itself, and which it is, both (n,)."""
    distances = torch.cdist(asked.flatten(1), known.flatten(1)).fill_diagonal_(torch.inf)
    nearest = distances.min(1)
    return nearest.values, nearest.indices
