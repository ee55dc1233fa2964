"""An evaluation as it was recorded, read strictly: statistics and verdicts are computed from its raw scores.

Those that stand beside the scores are for other programs. They are compared with what follows, and a record whose
numbers contradict each other is refused; that a number was measured, no reader can tell.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cattrs

from condenset.core.errors import ArtifactError
from condenset.core.metric import Metric, Unit
from condenset.core.structured import bounded_converter, faults
from condenset.evaluation.binding import Binding
from condenset.evaluation.rows import Row
from condenset.evaluation.verdict import Verdict, verdict_on

SCHEMA = "condenset.evaluate/2"
_ROUNDING = 1e-6  # in which versions of libraries may differ


@dataclass(frozen=True)
class Statistics:
    """What a row says of one metric; of the further ones older versions kept no raw scores."""

    mean: float
    std: float
    ci95: tuple[float, float]
    scores: tuple[float, ...] = ()
    without: tuple[float, ...] = ()


@dataclass(frozen=True)
class RowRecord:
    """A row as `Row.record` writes it."""

    name: str
    network: str
    mean: float
    std: float
    ci95: tuple[float, float]
    repeats: int
    scores: tuple[float, ...]
    bytes: int
    train_s: float
    metrics: dict[str, Statistics] = field(default_factory=dict)
    sets: int = 1
    without: tuple[float, ...] = ()
    units: int = 0


@dataclass(frozen=True)
class _Scale:
    """A metric as an evaluation names it."""

    name: str
    higher_is_better: bool
    unit: Unit


@dataclass(frozen=True)
class _Record:
    """An evaluation as `Evaluation.record` writes it, less what was added later."""

    schema: str
    exam: str
    exam_hash: str
    metrics: tuple[_Scale, ...]
    rows: tuple[RowRecord, ...]
    exam_version: int = 1
    selection: str = ""
    conversion: str = ""
    duplicates: int | None = None
    verdict: dict[str, Any] | None = None
    sizes: dict[str, dict[str, int | None]] | None = None
    bound_to: Binding | None = None


@dataclass(frozen=True)
class Grading:
    """What was graded under one exam: how checkpoints were chosen, and the rows.

    Attributes:
        bound_to: the sets and the data that it is of; None of an older version, which named neither.
    """

    exam: str
    metrics: tuple[Metric, ...]
    rows: tuple[Row, ...]
    exam_version: int = 1
    exam_hash: str = ""
    selection: str = ""
    duplicates: int | None = None
    bound_to: Binding | None = None

    @cached_property
    def verdict(self) -> Verdict | None:
        """The set beside its best rival; None where none is there."""
        return verdict_on(self.rows, self.metric)

    @property
    def metric(self) -> Metric:
        """The first of the metrics, by which rows are ranked."""
        return self.metrics[0]

    @property
    def key(self) -> tuple[str, ...]:
        """Scores can be compared where this is the same: the exam, the metric that ranks, and the test data."""
        tested = self.bound_to.held_out if self.bound_to else ""
        return self.exam, str(self.exam_version), self.exam_hash, self.metric.name, tested

    def of(self, name: str) -> tuple[Row, ...]:
        """The rows of one name ("distilled", a baseline), one per network."""
        return tuple(row for row in self.rows if row.name == name)


def grading_of(record: Mapping[str, Any], known: Sequence[Metric], where: str) -> Grading:
    """A recorded evaluation.

    Args: known, the metrics of the target, which have bounds; where, the place of the record, for errors.
    Raises `ArtifactError` for unknown fields and types, scores out of bounds, and numbers that contradict each other.
    """
    try:
        said = _CONVERTER.structure(dict(record), _Record)
        _check_schema(said)
        metrics = tuple(_metric(scale, known) for scale in said.metrics)
        rows = tuple(row_of(row, metrics, said.bound_to is not None) for row in said.rows)
        grading = Grading(
            said.exam, metrics, rows, said.exam_version, said.exam_hash, said.selection, said.duplicates, said.bound_to
        )
        _check_verdict(said, grading)
    except (cattrs.BaseValidationError, ValueError, TypeError, AttributeError, OverflowError) as error:
        raise ArtifactError(f"{faults(error, where)}: it is damaged, or of another version") from error
    return grading


def row_of(said: RowRecord, metrics: Sequence[Metric], exact: bool = True) -> Row:
    """The row of a record. Args: exact, whether its intervals are to be those that are computed now.

    Raises `ValueError` where it contradicts itself, or a score is out of its metric's bounds.
    """
    first, *others = metrics
    of_first = {first.name: Statistics(said.mean, said.std, said.ci95, said.scores, said.without)}
    values = said.metrics | of_first
    if not said.scores or said.sets < 1 or said.bytes < 0 or said.train_s < 0:
        raise ValueError(f"row {said.name!r:.60} has no scores, no sets, or bytes or seconds below 0")
    for metric in metrics:
        known = values.get(metric.name)
        if known is not None:
            _check_scores(said, known, metric)
    row = Row(
        said.name,
        said.network,
        said.scores,
        said.bytes,
        said.train_s,
        {metric.name: values[metric.name].scores for metric in others if metric.name in _scored(values)},
        said.sets,
        {name: values[name].without for name in _scored(values)},
        said.units,
    )
    _check_statistics(said, row.record(metrics), exact)
    return row


def _scored(values: Mapping[str, Statistics]) -> list[str]:
    return [name for name, statistics in values.items() if statistics.scores]


def _check_schema(said: _Record) -> None:
    if said.schema != SCHEMA:
        raise ValueError(f"schema is {said.schema!r:.60}, this condenset reads {SCHEMA!r}: a newer one wrote it")
    if not said.metrics:
        raise ValueError("an evaluation has a metric at least")


def _metric(scale: _Scale, known: Sequence[Metric]) -> Metric:
    """The target's own metric, which has bounds; of a name that the target does not have what the record says."""
    own = next((metric for metric in known if metric.name == scale.name), None)
    if own is None:
        return Metric(scale.name, scale.higher_is_better, scale.unit)
    if (scale.higher_is_better, scale.unit) != (own.higher_is_better, own.unit):
        raise ValueError(f"metric {scale.name!r} is not as the target has it: {own.record()}")
    return own


def _check_scores(said: RowRecord, values: Statistics, metric: Metric) -> None:
    every = (*values.scores, *values.without)
    bad = [value for value in every if abs(value - metric.within(value)) > _ROUNDING]
    if bad:
        raise ValueError(f"row {said.name!r:.60} scores {bad[0]} of {metric.name}, whose bounds are {metric.bounds}")
    if values.scores and len(values.scores) != said.sets * said.repeats:
        raise ValueError(
            f"row {said.name!r:.60} has {len(values.scores)} scores, not one for {said.repeats} learners of "
            f"{said.sets} sets"
        )


def _check_statistics(said: RowRecord, follows: Mapping[str, Any], exact: bool) -> None:
    names = ("mean", "std", "ci95") if exact else ("mean", "std")
    told = {"": said, **said.metrics}
    computed = {"": follows, **follows["metrics"]}
    for metric, own in told.items():
        if metric not in computed and not exact:
            continue  # of which there are no raw scores
        for name in names:
            number = computed.get(metric, {}).get(name)
            if not _alike(getattr(own, name), number):
                raise ValueError(
                    f"row {said.name!r:.60} says {' '.join((metric, name)).strip()} {getattr(own, name)}, its scores "
                    f"give {number}"
                )


def _check_verdict(said: _Record, grading: Grading) -> None:
    follows = None if grading.verdict is None else grading.verdict.record()
    if said.bound_to is not None and not _alike(said.verdict, follows):
        raise ValueError(f"its verdict is {said.verdict!r:.200}, its scores give {follows!r:.200}")


def _alike(said: Any, follows: Any) -> bool:
    """Whether plain values are the same up to rounding."""
    if isinstance(follows, Mapping):
        return (
            isinstance(said, Mapping)
            and said.keys() == follows.keys()
            and all(_alike(said[name], follows[name]) for name in follows)
        )
    if isinstance(follows, list):
        pairs = zip(said, follows, strict=True) if isinstance(said, list | tuple) and len(said) == len(follows) else ()
        return bool(pairs) and all(_alike(own, other) for own, other in pairs)
    if isinstance(follows, float) and isinstance(said, int | float):
        return math.isclose(said, follows, rel_tol=_ROUNDING, abs_tol=_ROUNDING)
    return bool(said == follows)


_CONVERTER = bounded_converter()
