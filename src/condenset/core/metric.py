"""What is measured of a model: its name, which direction is better, its unit and its bounds.

Every table, page, verdict and selection asks the metric; none knows a metric by its name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

SPACE = "\N{NARROW NO-BREAK SPACE}"
_NAMES = {"r2": "R²", "auroc": "AUROC"}
Unit = Literal["fraction", "error", "return", "score"]


@dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        name: "accuracy".
        higher_is_better: its direction.
        unit: "fraction" of 1, which people read in percent; "error", in the target's own unit squared or not;
            "return" of an episode; "score", a number without a unit.
        bounds: the least and the greatest value that it can take.
    """

    name: str
    higher_is_better: bool = True
    unit: Unit = "fraction"
    bounds: tuple[float, float] = (-math.inf, math.inf)

    def gain(self, value: float, other: float) -> float:
        """How far a value is ahead of another: above 0 where it is better, whatever the direction."""
        return value - other if self.higher_is_better else other - value

    def record(self) -> dict[str, str | bool]:
        """The JSON form that stands above rows."""
        return {"name": self.name, "higher_is_better": self.higher_is_better, "unit": self.unit}

    def best(self, values: Iterable[float]) -> float:
        """The best of some values."""
        return max(values) if self.higher_is_better else min(values)

    def within(self, value: float) -> float:
        """The value, held inside the bounds."""
        return min(max(value, self.bounds[0]), self.bounds[1])


ACCURACY = Metric("accuracy", bounds=(0.0, 1.0))
BALANCED_ACCURACY = Metric("balanced accuracy", bounds=(0.0, 1.0))


def metric_text(metric: Metric) -> str:
    """A metric's name, as it is shown to people."""
    return _NAMES.get(metric.name, metric.name)


def score_text(value: float, metric: Metric, unit: bool = True) -> str:
    """A score: a fraction in percent with one decimal, anything else as a number with three."""
    if metric.unit != "fraction":
        return f"{value:.3f}".replace("-", "−")
    return f"{100 * value:.1f}{SPACE}%" if unit else f"{100 * value:.1f}"


def gap_text(gap: float, metric: Metric, sign: bool = False) -> str:
    """A difference of scores: of fractions in points of percent. Args: sign, whether + is said."""
    form = "+" if sign else ""
    text = f"{100 * gap:{form}.1f}" if metric.unit == "fraction" else f"{gap:{form}.3f}"
    return text.replace("-", "−")
