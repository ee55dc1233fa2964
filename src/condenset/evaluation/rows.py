"""What a grading finds: a row for every set and learner, with its statistics, and the table that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from condenset.core.metric import Metric
from condenset.evaluation.exam import Exam

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: "distilled" or a baseline.
        network: the learner.
        scores: every single value of the first metric.
        bytes: of data and labels, as stored.
        train_s: mean seconds of training one learner.
        further: every single value of the further metrics, by name.
    """

    name: str
    network: str
    scores: tuple[float, ...]
    bytes: int
    train_s: float
    further: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

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
        return _interval(self.scores)

    def record(self, metrics: Sequence[Metric]) -> dict[str, Any]:
        """The JSON form. Args: metrics, the first of which the scores are of; intervals stay inside their bounds."""
        values = {metrics[0].name: self.scores, **self.further}
        known = {metric.name: metric for metric in metrics}
        graded = {name: _statistics(scores, known[name]) for name, scores in values.items()}
        return {
            "name": self.name,
            "network": self.network,
            **graded[metrics[0].name],
            "sets": 1,
            "repeats": len(self.scores),
            "scores": list(self.scores),
            "metrics": graded,
            "bytes": self.bytes,
            "train_s": self.train_s,
        }


def _statistics(scores: Sequence[float], metric: Metric) -> dict[str, Any]:
    interval = [metric.within(end) for end in _interval(scores)]
    return {"mean": float(np.mean(scores)), "std": float(np.std(scores)), "ci95": interval}


def _interval(scores: Sequence[float]) -> tuple[float, float]:
    mean = float(np.mean(scores))
    if len(scores) < 2:
        return mean, mean
    half = float(stats.t.ppf(0.975, len(scores) - 1) * stats.sem(scores))
    return mean - half, mean + half


@dataclass(frozen=True)
class Evaluation:
    """A graded set: the exam, its hash and selection rule, and the rows.

    Attributes:
        metrics: of the target; the first ranks.
        conversion: what the exam made of the set's labels, in words; empty where learners saw them as they are.
    """

    exam: Exam
    metrics: tuple[Metric, ...]
    rows: tuple[Row, ...]
    conversion: str = ""

    def record(self) -> dict[str, Any]:
        """The JSON form, schema "condenset.evaluate/2"."""
        return {
            "schema": "condenset.evaluate/2",
            "exam": self.exam.name,
            "exam_version": self.exam.version,
            "exam_hash": self.exam.hash,
            "selection": self.exam.training.selection,
            "metrics": [
                {"name": metric.name, "higher_is_better": metric.higher_is_better, "unit": metric.unit}
                for metric in self.metrics
            ],
            "conversion": self.conversion,
            "rows": [row.record(self.metrics) for row in self.rows],
        }

    def average(self, name: str) -> float:
        """Mean of a row's means over all learners. Raises `KeyError` for a name that has no row."""
        means = [row.mean for row in self.rows if row.name == name]
        if not means:
            raise KeyError(f"no row {name!r}: rows are {sorted({row.name for row in self.rows})}")
        return float(np.mean(means))

    def to_pandas(self) -> pd.DataFrame:
        """A row for every set and learner: mean, std and 95 % interval of every metric, then what it took.

        Columns are "trained on", "network", of each metric as of "accuracy" its name for the mean, "accuracy std",
        "accuracy low" and "accuracy high", and "repeats", "bytes", "train_s". Fractions are of 1.
        """
        import pandas as pd

        return pd.DataFrame([_flat(record) for record in self.record()["rows"]])

    def __repr__(self) -> str:
        """The table as text, under the name of the exam."""
        return f"exam {self.exam.name}\n{self._shown().to_string(index=False)}"

    def _repr_html_(self) -> str:
        """The table, for notebooks."""
        return f"<p>exam {escape(self.exam.name)}</p>{self._shown().to_html(index=False)}"

    def _shown(self) -> pd.DataFrame:
        """The first metric alone, rounded."""
        name = self.metrics[0].name
        columns = ["trained on", "network", name, f"{name} low", f"{name} high", "repeats", "bytes", "train_s"]
        return self.to_pandas()[columns].round(4)


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row's JSON form as the cells of a table."""
    cells = {"trained on": record["name"], "network": record["network"]}
    for name, values in record["metrics"].items():
        low, high = values["ci95"]
        cells |= {name: values["mean"], f"{name} std": values["std"], f"{name} low": low, f"{name} high": high}
    return cells | {key: record[key] for key in ("repeats", "bytes", "train_s")}
