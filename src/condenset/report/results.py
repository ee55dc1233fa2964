"""Recorded results: what a method reached in a setting, beside the published number, with a verdict nobody types.

A result is a JSON file of raw scores. What was measured and the verdict follow when it is read: verified (ahead of
random examples, and within the published interval, above it, or at most one point below), partial (ahead of random
only), failed; none of one repeat, which tells no spread, and of random examples themselves.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import cattrs

from condenset.artifact.card import read_card
from condenset.artifact.folder import RunFolder
from condenset.core.errors import DataError
from condenset.core.metric import Metric, Unit
from condenset.core.offers import items_of
from condenset.core.registries import METHODS
from condenset.core.reported import Reported, reported_by
from condenset.core.structured import bounded_converter, faults
from condenset.evaluation.grading import RowRecord, row_of
from condenset.evaluation.rows import Row
from condenset.evaluation.uninformed import GUESS
from condenset.evaluation.verdict import NO_RIVALS, verdict_on

_OWN = "distilled"
_CLOSE = 0.01  # below the published mean: a point of a fraction, a hundredth of another number


@dataclass(frozen=True)
class Result:
    """What a method reached in a setting. Scores are fractions in [0, 1], or in the metric's unit.

    Attributes:
        method, dataset, budget, network, exam, exam_hash: the setting; budget as "10 per class".
        metric, higher_is_better, unit: what the scores are of.
        zca: how images were whitened; None: not at all.
        reported, reported_std: what the paper prints; None where it has no such number.
        measured, std, repeats: ours; learners over all sets.
        random: random examples at the same bytes, under the same exam.
        schedule: "full", or "reduced" where fewer steps were taken than in the paper.
        baselines: name -> (mean, standard deviation).
        rows: the set, named "distilled", and what stands beside it, with raw scores, of which the statistics above are.
        bytes: of data and labels.
        steps, changes: of the recipe.
        seconds, memory_bytes: that distilling took; None where that is not known.
    """

    method: str
    dataset: str
    budget: str
    network: str
    exam: str
    measured: float
    std: float
    repeats: int
    random: float
    schedule: str
    rows: tuple[Row, ...]
    zca: str | None = None
    exam_hash: str = ""
    metric: str = "accuracy"
    higher_is_better: bool = True
    unit: Unit = "fraction"
    reported: float | None = None
    reported_std: float | None = None
    baselines: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    bytes: int = 0
    steps: int = 0
    changes: Mapping[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    memory_bytes: int | None = None

    @classmethod
    def of_rows(cls, rows: Sequence[Row], metric: Metric, **setting: Any) -> Result:
        """From raw scores. Args: rows, of one learner, a "distilled" and a "random" one among them."""
        name = metric.name
        kept = tuple(replace(row, further={}, without={name: row.without.get(name, ())}) for row in rows)
        beside = {row.name: row for row in kept}
        own = beside.pop(_OWN)
        return cls(
            **setting,
            metric=name,
            higher_is_better=metric.higher_is_better,
            unit=metric.unit,
            measured=own.mean,
            std=own.std,
            repeats=len(own.scores),
            random=beside["random"].mean,
            baselines={name: (row.mean, row.std) for name, row in beside.items()},
            bytes=own.bytes,
            rows=kept,
        )

    def beside(self, rows: Sequence[Row]) -> Result:
        """The same setting with other rows. Args: as of `of_rows`."""
        return Result.of_rows(rows, self.scale, **{name: getattr(self, name) for name in _SETTING})

    def record(self) -> dict[str, Any]:
        """The JSON form."""
        rows = [row.record([self.scale]) for row in self.rows]
        for row in rows:
            del row["metrics"]  # of which there is one
        return asdict(replace(self, rows=())) | {"rows": rows}

    @property
    def scale(self) -> Metric:
        """What the scores are of."""
        return _scale(self.metric, self.higher_is_better, self.unit)

    @property
    def verdict(self) -> str:
        """How ours compares: verified, partial, failed, or none."""
        ours = [row for row in self.rows if row.name in (_OWN, "random")]
        beside = None if self.method == "random" else verdict_on(ours, self.scale)
        if beside is None or beside.worth_it is None:
            return "none"
        if not beside.worth_it:
            return "failed"
        if self.reported is None:
            return "partial"
        close = max(_CLOSE * (1.0 if self.unit == "fraction" else abs(self.reported)), self.reported_std or 0.0)
        return "verified" if self.scale.gain(self.measured, self.reported) >= -close else "partial"

    @property
    def rival(self) -> tuple[str, float]:
        """The best that is as small and was not distilled, by its name, and its score."""
        means = {"random": self.random} | {n: mean for n, (mean, _) in self.baselines.items() if n not in NO_RIVALS}
        best = self.scale.best(means.values())
        return next((name, mean) for name, mean in means.items() if mean == best)

    @property
    def recipe(self) -> str:
        """The method, and what its recipe was changed in."""
        return ", ".join((self.method, *(f"{name}={value}" for name, value in self.changes.items())))

    @property
    def bytes_asked(self) -> int:
        """A budget in bytes; 0 of one in items."""
        number, _, unit = self.budget.partition(" ")
        return int(number) if unit == "bytes" else 0

    @property
    def file(self) -> str:
        """Name of its file, the same for the same setting."""
        whitened = (f"zca {self.zca}",) if self.zca else ()
        codec = (self.changes["codec"],) if "codec" in self.changes else ()
        words = "-".join((self.method, *codec, self.dataset, *whitened, self.budget, self.exam, self.network))
        return re.sub(r"[^\w.]+", "-", words) + ".json"


def recorded(folder: Path) -> tuple[Result, ...]:
    """The results in a folder, by dataset, budget and method. Raises `DataError`."""
    results = [_read(path) for path in sorted(folder.glob("*.json"))]
    return tuple(sorted(results, key=lambda result: (result.dataset, result.budget, result.method)))


def _read(path: Path) -> Result:
    try:
        content: dict[str, Any] = dict(json.loads(path.read_text(encoding="utf8")))
        said = _CONVERTER.structure(content.get("rows", []), tuple[RowRecord, ...])
        told = _CONVERTER.structure(content | {"rows": []}, Result)
        return told.beside([row_of(row, [told.scale]) for row in said])
    except (cattrs.BaseValidationError, ValueError, TypeError, KeyError, AttributeError) as error:
        wrong = faults(error, path.name) or str(error)
        raise DataError(f"{path} is no recorded result ({wrong}): see condenset.report.results") from error


def _scale(metric: str, higher_is_better: bool, unit: Unit) -> Metric:
    bounds = (0.0, 1.0) if unit == "fraction" else (-math.inf, math.inf)
    return Metric(metric, higher_is_better, unit, bounds)


_CONVERTER = bounded_converter()
_DERIVED = (
    "measured", "std", "repeats", "random", "baselines", "bytes", "rows", "metric", "higher_is_better", "unit"
)  # fmt: skip
_SETTING = tuple(field.name for field in fields(Result) if field.name not in _DERIVED)


def record(results: Sequence[Result], folder: Path) -> None:
    """Write a file for each; a later result of a setting replaces the earlier one.

    What a set took, as far as its folder does not say, stays where the same set was only graded again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for result in results:
        path = folder / result.file
        if result.memory_bytes is None:
            result = _with_cost(result, path)
        path.write_text(json.dumps(result.record(), indent=1, sort_keys=True) + "\n", encoding="utf8")


def _with_cost(result: Result, path: Path) -> Result:
    """With what the result in a file took, if it may be of the same set: of one that took just as long."""
    with suppress(FileNotFoundError, DataError):
        earlier = _read(path)
        if result.seconds in (None, earlier.seconds):
            return replace(result, seconds=earlier.seconds, memory_bytes=earlier.memory_bytes)
    return result


def results_of(run: Path, seconds: float | None = None, memory_bytes: int | None = None) -> Collection[Result]:
    """The results in a graded run folder, the latest for each exam and learner. Raises `ArtifactError` kinds.

    Args: seconds, memory_bytes, that distilling took, where that is known; the log of a run with steps tells its own
    seconds, over all its sittings.

    A score that has no random examples beside it says nothing yet, and is left out.
    """
    return {result.file: result for result in _gradings(run, seconds, memory_bytes)}.values()


def _gradings(run: Path, seconds: float | None, memory_bytes: int | None) -> Iterator[Result]:
    card = read_card(run)
    recipe: dict[str, Any] = dict(card.recipe)
    method, steps = recipe["method"], int(recipe.get("steps", 0))
    paper = METHODS.declared(method)
    published = paper.get("published_steps")
    logged = [line["seconds"] for line in RunFolder(run).lines()]
    for grading in card.gradings:
        for own in grading.of(_OWN):
            rows = {row.name: row for row in grading.rows if row.network in (own.network, GUESS)}
            if "random" not in rows:
                continue
            setting = {
                "dataset": card.task.name,
                "budget": _budget(recipe["size"], card.task.modality),
                "network": own.network,
                "exam": grading.exam,
                "zca": card.task.preprocessing.get("zca", {}).get("form"),
            }
            reported = next((r for r in reported_by(method, METHODS) if _same(r, setting)), None)
            metric = grading.metric
            yield Result.of_rows(
                tuple(rows.values()),
                _scale(metric.name, metric.higher_is_better, metric.unit),
                method=method,
                **setting,
                exam_hash=grading.exam_hash,
                reported=None if reported is None else reported.mean,
                reported_std=None if reported is None else reported.std,
                schedule="full" if published is not None and steps >= published else "reduced",
                steps=steps,
                changes=recipe.get("changes", {}),
                seconds=float(sum(logged)) if logged else seconds,
                memory_bytes=memory_bytes,
            )


def _same(reported: Reported, setting: Mapping[str, Any]) -> bool:
    """Whether a published number is of this setting; one of a bare architecture is of all its fields."""
    names = {setting["network"], setting["network"].partition(":")[0]}
    return reported.network in names and all(getattr(reported, k) == v for k, v in setting.items() if k != "network")


def _budget(size: Mapping[str, Any], modality: str) -> str:
    (unit, value), *_ = size.items()
    return {"per_class": f"{value} per class", "items": f"{value} {items_of(modality)}"}.get(unit, f"{value} {unit}")
