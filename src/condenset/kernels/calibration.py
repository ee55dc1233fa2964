"""The temperature that suits predictions best, solved for: Platt's scaling with the offset at nought."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.float64 import float64

_STEPS = 20
_LARGEST_CHANGE = 4.0  # of the factor in one step


def best_scale(
    predictions: Float[Tensor, "n classes"], rows: Float[Tensor, "n classes"], weight: Float[Tensor, " n"]
) -> Float[Tensor, ""]:
    """The factor s > 0 for which the weighted cross-entropy of s * predictions is least; a constant.

    Newton's method from 1, a fixed number of steps of at most a factor 4: the cross-entropy is convex in s. Where it
    falls for ever (every prediction is right) or at nought (they mislead), the last step's factor is returned.

    Args: rows, label rows that sum to 1.
    """
    logits, rows, weight = (float64(values.detach()) for values in (predictions, rows, weight))
    scale = torch.ones_like(weight[0])
    for _ in range(_STEPS):
        likely = (scale * logits).softmax(1)
        mean = (likely * logits).sum(1)
        slope = (weight * (mean - (rows * logits).sum(1))).sum()
        curvature = (weight * ((likely * logits.square()).sum(1) - mean.square())).sum()
        step = scale - slope / curvature.clamp_min(1e-12)
        scale = step.clamp(scale / _LARGEST_CHANGE, scale * _LARGEST_CHANGE)
    return scale.to(predictions)
