"""What a grading finds: a row for every set and learner, with its statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from condenset.core.metric import Metric
from condenset.evaluation.interval import interval, of_draws, of_test, together, within


@dataclass(frozen=True)
class Measured:
    """A metric's mean, its 95 % interval, and the values that it is the mean of."""

    mean: float
    ci95: tuple[float, float]
    values: tuple[float, ...] = ()


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: "distilled", a baseline, or what guesses without reading.
        network: the learner.
        scores: every single value of the first metric, set after set.
        bytes: of data and labels, as stored; of baselines of a set that was made within bytes, as the data hold them.
        train_s: mean seconds of training one learner.
        further: every single value of the further metrics, by name.
        sets: how many sets were drawn; as many learners were trained on each.
        without: of every metric the mean over learners less one part of the test data, for each part; `shared` by them.
        units: examples, users or episodes of the test data; 0: not known.
    """

    name: str
    network: str
    scores: tuple[float, ...]
    bytes: int
    train_s: float
    further: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    sets: int = 1
    without: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    units: int = 0

    @property
    def mean(self) -> float:
        """Mean over sets and learners."""
        return float(np.mean(self.scores))

    @property
    def std(self) -> float:
        """Population standard deviation over sets and learners, as the field prints it."""
        return float(np.std(self.scores))

    @property
    def draws(self) -> tuple[float, ...]:
        """What is independent: the mean of every set where there are several, else the score of every learner."""
        return _draws(self.scores, self.sets)

    @property
    def repeats(self) -> int:
        """How many learners were trained on each set."""
        return len(self.scores) // self.sets

    def measured(self, metric: Metric, first: bool = False) -> Measured | None:
        """Of a metric; None where it was not measured. Args: first, whether it is the one that the scores are of.

        The interval is over sets where there are several, else for this set; over learners and the test data; inside
        the metric's bounds.
        """
        values = self.scores if first else self.further.get(metric.name)
        if values is None:
            return None
        mean = float(np.mean(values))
        spread = together(of_draws(_draws(values, self.sets)), of_test(self.without.get(metric.name, ())))
        return Measured(mean, within(interval(mean, spread), metric, self.units), tuple(values))

    def record(self, metrics: Sequence[Metric]) -> dict[str, Any]:
        """The JSON form. Args: metrics, the first of which the scores are of; intervals stay inside their bounds."""
        graded = {metric.name: self._graded(metric, metric is metrics[0]) for metric in metrics}
        ranks = graded[metrics[0].name]
        return {
            "name": self.name,
            "network": self.network,
            **{name: ranks[name] for name in ("mean", "std", "ci95")},
            "sets": self.sets,
            "repeats": self.repeats,
            "scores": ranks["scores"],
            "metrics": {name: statistics for name, statistics in graded.items() if statistics},
            "bytes": self.bytes,
            "train_s": self.train_s,
            "without": ranks["without"],
            "units": self.units,
        }

    def _graded(self, metric: Metric, first: bool) -> dict[str, Any]:
        """Statistics of a metric, and what they follow from; nothing where it was not measured."""
        measured = self.measured(metric, first)
        if measured is None:
            return {}
        return {
            "mean": measured.mean,
            "std": float(np.std(measured.values)),
            "ci95": list(measured.ci95),
            "scores": list(measured.values),
            "without": list(self.without.get(metric.name, ())),
        }


def _draws(scores: Sequence[float], sets: int) -> tuple[float, ...]:
    return tuple(scores) if sets == 1 else tuple(np.reshape(scores, (sets, -1)).mean(1).tolist())


def joined(rows: Sequence[Row]) -> Row:
    """Rows of one learner and several sets of one recipe as one row; a single one as it is."""
    first = rows[0]
    if len(rows) == 1:
        return first
    return replace(
        first,
        scores=tuple(score for row in rows for score in row.scores),
        train_s=float(np.mean([row.train_s for row in rows])),
        further={name: tuple(value for row in rows for value in row.further[name]) for name in first.further},
        sets=sum(row.sets for row in rows),
        without={name: tuple(np.mean([row.without[name] for row in rows], axis=0).tolist()) for name in first.without},
    )
