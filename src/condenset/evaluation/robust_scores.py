"""How much of a score is owed to labels and to augmentation: the label-robust and the augmentation-robust score.

DD-Ranking (Li et al. 2025, arXiv 2505.13300), computed on accuracies as fractions in [0, 1]; with percent, as the
released code feeds them, the exponential saturates. They are derived from four accuracies each, which belong beside
them in any table.
"""

from __future__ import annotations

import math


def label_robust_score(
    *, real_hard: float, synthetic_hard: float, synthetic_own: float, random_own: float, weight: float = 0.5
) -> float:
    """LRS in [0, 1]: what the set gains over random examples, less what hard labels cost it against the full data.

    Args: accuracies of the full data and of the set under hard labels, of the set and of random examples with the
    method's own labels; weight, of the gain.
    """
    return _normalised(weight * (synthetic_own - random_own) - (1 - weight) * (real_hard - synthetic_hard))


def augmentation_robust_score(
    *,
    synthetic_augmented: float,
    random_augmented: float,
    synthetic_plain: float,
    random_plain: float,
    weight: float = 0.5,
) -> float:
    """ARS in [0, 1]: what the set gains over random examples, with augmentation and without it.

    Args: accuracies of the set and of random examples, trained with and without augmentation; weight, of the former.
    """
    gain = weight * (synthetic_augmented - random_augmented) + (1 - weight) * (synthetic_plain - random_plain)
    return _normalised(gain)


def _normalised(margin: float) -> float:
    """exp maps margins in [-1, 1] onto [0, 1], so that 0 becomes 0.27."""
    low, high = math.exp(-1), math.exp(1)
    return (math.exp(margin) - low) / (high - low)
