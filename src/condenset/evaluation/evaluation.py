"""An evaluation: the table of a graded set, its verdict, and what both follow from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from condenset.core.ledger import Sizes
from condenset.core.metric import Metric, metric_text, score_text
from condenset.evaluation.binding import Binding
from condenset.evaluation.exam import Exam
from condenset.evaluation.rows import Row
from condenset.evaluation.verdict import Verdict, verdict_on

if TYPE_CHECKING:
    import pandas as pd


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
