"""What a grading finds: a row for every set and learner, with its statistics, and the table that they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from condenset.core.metric import Metric, metric_text, score_text
from condenset.evaluation.binding import Binding
from condenset.evaluation.exam import Exam
from condenset.evaluation.interval import interval, of_draws, of_test, together, within
from condenset.evaluation.verdict import Verdict, verdict_on

if TYPE_CHECKING:
    import pandas as pd

    from condenset.artifact.sizes import Sizes


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


@dataclass(frozen=True)
class Evaluation:
    """A graded set: the exam, its hash and selection rule, and the rows.

    Attributes:
        metrics: of the target; the first ranks.
        conversion: what the exam made of the set's labels, in words; empty where learners saw them as they are.
        sizes: of the set and its data; None where that is not known.
        duplicates: test examples that are training examples, too; None where that cannot be told.
        bound_to: what was graded, on what; None of sets that are in no file.
    """

    exam: Exam
    metrics: tuple[Metric, ...]
    rows: tuple[Row, ...]
    conversion: str = ""
    sizes: Sizes | None = None
    duplicates: int | None = None
    bound_to: Binding | None = None

    @cached_property
    def verdict(self) -> Verdict | None:
        """The set beside the best baseline; None where there is none."""
        return verdict_on(self.rows, self.metrics[0])

    def record(self) -> dict[str, Any]:
        """The JSON form, schema "condenset.evaluate/2"."""
        return {
            "schema": "condenset.evaluate/2",
            "exam": self.exam.name,
            "exam_version": self.exam.version,
            "exam_hash": self.exam.hash,
            "selection": self.exam.training.selection,
            "metrics": [metric.record() for metric in self.metrics],
            "conversion": self.conversion,
            "duplicates": self.duplicates,
            "rows": [row.record(self.metrics) for row in self.rows],
            "verdict": None if self.verdict is None else self.verdict.record(),
            "sizes": None if self.sizes is None else self.sizes.record(),
            "bound_to": None if self.bound_to is None else asdict(self.bound_to) | {"sets": list(self.bound_to.sets)},
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
        "accuracy low" and "accuracy high", and "sets", "repeats", "bytes", "train_s". Fractions are of 1.
        """
        import pandas as pd

        return pd.DataFrame([_flat(record) for record in self.record()["rows"]])

    def __repr__(self) -> str:
        """The table as text, under the name of the exam and above the verdict."""
        return "\n".join([f"exam {self.exam.name}", self._shown().to_string(index=False), *self._sentence()])

    def _repr_html_(self) -> str:
        """The same, for notebooks."""
        verdict = "".join(f"<p>{escape(sentence)}</p>" for sentence in self._sentence())
        return f"<p>exam {escape(self.exam.name)}</p>{self._shown().to_html(index=False)}{verdict}"

    def _sentence(self) -> list[str]:
        return [] if self.verdict is None else [self.verdict.sentence(self.metrics[0])]

    def _shown(self) -> pd.DataFrame:
        """The first metric alone, in words."""
        import pandas as pd

        metric = self.metrics[0]
        return pd.DataFrame([_worded(record, metric) for record in self.record()["rows"]])


def _worded(record: Mapping[str, Any], metric: Metric) -> dict[str, Any]:
    """A row's JSON form as people read it."""
    ends = " to ".join(score_text(end, metric, unit=False) for end in record["ci95"])
    score = {metric_text(metric): score_text(record["mean"], metric), "95 % interval": ends}
    kept = {key: record[key] for key in ("sets", "repeats", "bytes")}
    return {"trained on": record["name"], "network": record["network"], **score, **kept}


def _flat(record: Mapping[str, Any]) -> dict[str, Any]:
    """A row's JSON form as the cells of a table."""
    cells = {"trained on": record["name"], "network": record["network"]}
    for name, values in record["metrics"].items():
        low, high = values["ci95"]
        cells |= {name: values["mean"], f"{name} std": values["std"], f"{name} low": low, f"{name} high": high}
    return cells | {key: record[key] for key in ("sets", "repeats", "bytes", "train_s")}
