"""Whether pictures bear to be mirrored, asked of the pictures: letters and digits do not, most photographs do."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.rng import Rng

MOST = 4000  # pictures that are asked
_SIDE = 16  # pixels, to which they are brought
_SURE = 1.0  # standard errors: either mistake costs about a point of accuracy


def bears_mirroring(images: Float[Tensor, "n c h w"], labels: Int[Tensor, " n"], rng: Rng) -> bool:
    """Whether mirrored pictures mislead nobody: the nearest neighbour of a picture in the other half of them is of its
    class as often where that half is there mirrored, too; true where a difference may be chance.

    Args: images of the training data, in any scale; rng, of the halves.
    """
    order = torch.randperm(len(images), generator=rng.torch())[:MOST]
    small = F.adaptive_avg_pool2d(images[order], (min(_SIDE, images.shape[2]), min(_SIDE, images.shape[3])))
    halves = list(zip(small.tensor_split(2), labels[order].tensor_split(2), strict=True))
    if len(order) < 2:
        return True
    counts = [_misled(*halves[here], *halves[1 - here]) for here in (0, 1)]
    lost, gained = (sum(parts) for parts in zip(*counts, strict=True))
    return lost - gained <= _SURE * math.sqrt(lost + gained)


def _misled(
    known: Float[Tensor, "m c h w"], own: Int[Tensor, " m"], asked: Float[Tensor, "n c h w"], wanted: Int[Tensor, " n"]
) -> tuple[int, int]:
    """Of those that are asked, how many lose and how many gain a neighbour of their class by the mirrored ones."""
    alone = own[_nearest(asked, known)] == wanted
    mirrored = own.repeat(2)[_nearest(asked, torch.cat([known, known.flip(3)]))] == wanted
    return int((alone & ~mirrored).sum()), int((~alone & mirrored).sum())


def _nearest(asked: Float[Tensor, "n c h w"], known: Float[Tensor, "m c h w"]) -> Int[Tensor, " n"]:
    return torch.cdist(asked.flatten(1), known.flatten(1)).argmin(1)
