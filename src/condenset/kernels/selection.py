"""Selecting points that stand for all: herding, k-center, k-means, the highest scores. Ties go to the lowest index.

Features are (n, d) float and finite; orders are (count,) int64 indices in order of selection, each once. All raise
`BudgetError` for a count outside 1...n and `DataError` for features that are not finite.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from sklearn import cluster
from torch import Tensor

from condenset.core.errors import BudgetError, DataError, RequestError

_SEEDS = 2**32  # scikit-learn takes seeds below this


@dataclass(frozen=True)
class KMeans:
    """The result of k-means.

    Attributes:
        centres: (count, d), in the features' dtype.
        nearest: (count,) int64, a different point for each centre: the closest of its own cluster.
        sizes: (count,) int64, points per cluster, summing to n.
    """

    centres: Float[Tensor, "count d"]
    nearest: Int[Tensor, " count"]
    sizes: Int[Tensor, " count"]


def herding(
    features: Float[Tensor, "n d"], count: int, mean: Float[Tensor, " d"] | None = None
) -> Int[Tensor, " count"]:
    """Points whose running mean stays closest to the mean of all (Welling 2009, "Herding dynamical weights to learn").

    Step k takes the free point closest to k * mean - (sum of the points taken), counting steps from 1.

    Args: mean, of all points where `features` are a part of them; None: that of `features`.
    """
    _check(features, count)
    mean, missing = features.mean(0) if mean is None else mean, torch.zeros_like(features[0])
    free, order = _all_free(features), []
    for _ in range(count):
        missing = missing + mean
        order.append(_take(free, -_distances(features, missing)))
        missing = missing - features[order[-1]]
    return torch.tensor(order)


def k_center(features: Float[Tensor, "n d"], count: int, first: int) -> Int[Tensor, " count"]:
    """Farthest-point traversal from `first`: within twice the best covering radius (Gonzalez 1985).

    Raises `RequestError` besides, for a `first` outside 0...n-1.
    """
    _check(features, count)
    if not 0 <= first < len(features):
        raise RequestError(f"first centre is {first}, expected an index in 0...{len(features) - 1}")
    free, order = _all_free(features), [first]
    free[first] = False
    uncovered = _distances(features, features[first])
    while len(order) < count:
        order.append(_take(free, uncovered))
        uncovered = torch.minimum(uncovered, _distances(features, features[order[-1]]))
    return torch.tensor(order)


def k_means(features: Float[Tensor, "n d"], count: int, seed: int) -> KMeans:
    """Lloyd's k-means from one k-means++ start, by scikit-learn.

    Args:
        features: (n, d).
        count: clusters. With fewer distinct points than clusters some are empty (size 0) and take a point left over.
        seed: a random stream's own number (`Rng.integer`).
    """
    _check(features, count)
    fitted = cluster.KMeans(count, n_init="auto", random_state=seed % _SEEDS).fit(features.detach().cpu().numpy())
    centres = torch.from_numpy(fitted.cluster_centers_).to(features)
    labels = torch.from_numpy(fitted.labels_).to(features.device, torch.int64)
    sizes = torch.bincount(labels, minlength=count)
    nearest, free = torch.zeros(count, dtype=torch.int64), _all_free(features)
    for centre in sizes.argsort(descending=True, stable=True).tolist():
        distance = _distances(features, centres[centre])
        strangers = (labels != centre) * (distance.max() + 1)
        nearest[centre] = _take(free, -distance - strangers)
    return KMeans(centres, nearest, sizes)


def graph_cut(features: Float[Tensor, "n d"], count: int, balance: float = 1.0) -> Int[Tensor, " count"]:
    """Points that are like all others and unlike each other, by the graph cut of Iyer et al. (Submodular Combinatorial
    Information Measures, ALT 2021, arXiv 2006.15412).

    The next has the greatest `balance` * (sum of its cosines with all points) - 2 * (sum of those with points taken). A
    vector of 0 has cosines of 0.
    """
    _check(features, count)
    directions = torch.nn.functional.normalize(features, dim=1)
    pull, free, order = balance * directions.sum(0), _all_free(features), []
    for _ in range(count):
        order.append(_take(free, (directions * pull).sum(1)))
        pull = pull - 2 * directions[order[-1]]
    return torch.tensor(order)


def graph_cut_bins(features: Float[Tensor, "n d"], bins: int, balance: float = 1.0) -> list[Int[Tensor, " _"]]:
    """All points in so many parts of about one size, each by `graph_cut` of what the parts before left (Zhou et al.,
    Dataset Quantization, ICCV 2023, arXiv 2308.10524): the first is most like all, later ones are rarer points."""
    left, parts = torch.arange(len(features)), []
    for number in range(bins):
        size = round((number + 1) * len(features) / bins) - (len(features) - len(left))
        chosen = graph_cut(features[left.to(features.device)], size, balance)
        parts.append(left[chosen])
        left = left[torch.ones(len(left), dtype=torch.bool).index_fill(0, chosen, False)]
    return parts


def highest(scores: Float[Tensor, " n"], count: int) -> Int[Tensor, " count"]:
    """Points in descending order of a score."""
    _check(scores[:, None], count)
    return scores.argsort(descending=True, stable=True)[:count].cpu()


def _check(features: Tensor, count: int) -> None:
    if not 1 <= count <= len(features):
        raise BudgetError(f"cannot select {count} of {len(features)} points: ask for a count in 1...{len(features)}")
    if not torch.isfinite(features).all():
        raise DataError(f"features of {len(features)} points hold values that are not finite: clean them first")


def _all_free(features: Tensor) -> Tensor:
    return torch.ones(len(features), dtype=torch.bool, device=features.device)


def _take(free: Tensor, score: Tensor) -> int:
    """The free point of highest score, the first of them in a tie; it is free no longer."""
    chosen = int(score.masked_fill(~free, -torch.inf).argmax())
    free[chosen] = False
    return chosen


def _distances(features: Float[Tensor, "n d"], point: Float[Tensor, " d"]) -> Float[Tensor, " n"]:
    # Not by a matrix product: its rounding depends on the row's position, and equal points would no longer tie.
    return torch.cdist(features, point[None], compute_mode="donot_use_mm_for_euclid_dist")[:, 0]
