"""What a grading finds: a row for every set and learner, with its statistics, and the table that they make."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from condenset.evaluation.exam import Exam


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: "distilled" or a baseline.
        network: the learner.
        scores: every single value, fractions in [0, 1] for accuracy.
        bytes: of data and labels, as stored.
        train_s: mean seconds of training one learner.
    """

    name: str
    network: str
    scores: tuple[float, ...]
    bytes: int
    train_s: float

    @property
    def mean(self) -> float:
        """Mean over repeats."""
        return float(np.mean(self.scores))

    @property
    def std(self) -> float:
        """Population standard deviation over repeats, as the field prints it."""
        return float(np.std(self.scores))

    @property
    def ci95(self) -> tuple[float, float]:
        """95 % interval of the mean by Student's t; the mean itself twice when there is one repeat."""
        if len(self.scores) < 2:
            return self.mean, self.mean
        half = float(stats.t.ppf(0.975, len(self.scores) - 1) * stats.sem(self.scores))
        return self.mean - half, self.mean + half

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "name": self.name,
            "network": self.network,
            "mean": self.mean,
            "std": self.std,
            "ci95": list(self.ci95),
            "repeats": len(self.scores),
            "scores": list(self.scores),
            "bytes": self.bytes,
            "train_s": self.train_s,
        }


@dataclass(frozen=True)
class Evaluation:
    """A graded set: the exam, its hash and selection rule, and the rows.

    Attributes:
        conversion: what the exam made of the set's labels, in words; empty where learners saw them as they are.
    """

    exam: Exam
    metric: str
    higher_is_better: bool
    rows: tuple[Row, ...]
    conversion: str = ""

    def record(self) -> dict[str, Any]:
        """The JSON form, schema "condenset.evaluate/1"."""
        return {
            "schema": "condenset.evaluate/1",
            "exam": self.exam.name,
            "exam_version": self.exam.version,
            "exam_hash": self.exam.hash,
            "selection": self.exam.training.selection,
            "metric": self.metric,
            "higher_is_better": self.higher_is_better,
            "conversion": self.conversion,
            "rows": [row.record() for row in self.rows],
        }

    def average(self, name: str) -> float:
        """Mean of a row's means over all learners. Raises `KeyError` for a name that has no row."""
        means = [row.mean for row in self.rows if row.name == name]
        if not means:
            raise KeyError(f"no row {name!r}: rows are {sorted({row.name for row in self.rows})}")
        return float(np.mean(means))
