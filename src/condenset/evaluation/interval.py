"""How sure a mean is: over the draw of sets, the learners' seeds and the sample of test data.

Draws are independent, so their spread over their number is the variance of the mean that is owed to them. All of them
are tested on the same data, so how much the sample of those weighs is told apart, by leaving out one part of them at a
time (the delete-a-group jackknife: Efron 1982, The Jackknife, the Bootstrap and Other Resampling Plans).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from condenset.core.metric import Metric

_NONE_IN = 3.0  # no failure among n: with 95 % confidence fewer than 3/n of all (the rule of three)


@dataclass(frozen=True)
class Spread:
    """A variance of a mean and its degrees of freedom."""

    variance: float
    freedom: float


NO_SPREAD = Spread(0.0, math.inf)


def of_draws(values: Sequence[float], one_more: bool = False) -> Spread:
    """Of the mean of independent values; none of one value. Args: one_more, less a further draw of their kind."""
    if len(values) < 2:
        return NO_SPREAD
    share = 1 / len(values) + (1 if one_more else 0)
    return Spread(float(np.var(values, ddof=1)) * share, len(values) - 1.0)


def of_test(without: Sequence[float]) -> Spread:
    """Of a value, owed to the sample of test data. Args: without, the value less each part of them."""
    if len(without) < 2:
        return NO_SPREAD
    return Spread(float(np.var(without)) * (len(without) - 1), len(without) - 1.0)


def shared(without: Sequence[Sequence[float]]) -> tuple[float, ...]:
    """What `of_test` needs of several learners: their mean less each part, by as much as all of them vary alike.

    What single learners owe the test data is in their own spread already, and would count twice: by an analysis of
    variance it is a part of how the mean varies, by which it is drawn together.

    Args: without, (learners, parts), the values of each learner less each part.
    """
    values = np.asarray(without, dtype=float)
    learners, parts = values.shape
    mean = values.mean(0)
    if learners < 2 or parts < 2 or not mean.var():
        return tuple(mean.tolist())
    deviation = mean - mean.mean()
    own = values - values.mean(1, keepdims=True) - deviation
    owed = float((own**2).sum()) / ((learners - 1) * (parts - 1) * learners)
    kept = max(0.0, 1.0 - owed * (parts - 1) / float((deviation**2).sum()))
    return tuple((mean.mean() + math.sqrt(kept) * deviation).tolist())


def together(*spreads: Spread) -> Spread:
    """The sum of independent spreads, with Welch and Satterthwaite's degrees of freedom."""
    variance = sum(spread.variance for spread in spreads)
    if variance == 0:
        return NO_SPREAD
    share = sum(spread.variance**2 / spread.freedom for spread in spreads)
    return Spread(variance, variance**2 / share if share else math.inf)


def interval(mean: float, spread: Spread, level: float = 0.95) -> tuple[float, float]:
    """The interval by Student's t that holds the mean with a probability of `level`."""
    from scipy import stats  # here, since it takes long to import

    half = float(stats.t.ppf((1 + level) / 2, spread.freedom)) * math.sqrt(spread.variance)
    return mean - half, mean + half


def within(ends: tuple[float, float], metric: Metric, units: int) -> tuple[float, float]:
    """An interval inside the metric's bounds; not empty where nothing has varied and the bounds are known.

    Args: units, examples, users or episodes of the test data.
    """
    low, high = ends
    if low == high and units and math.isfinite(metric.bounds[1] - metric.bounds[0]):
        least = (metric.bounds[1] - metric.bounds[0]) * min(1.0, _NONE_IN / units)
        low, high = low - least, high + least
    return metric.within(low), metric.within(high)
