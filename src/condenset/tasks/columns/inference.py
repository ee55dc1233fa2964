"""What kind of column each column of a table is, decided on the training rows alone.

The decision reads a `Summary`, and summaries of parts merge to that of the whole: a table larger than memory is
summarised part by part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from condenset.core.errors import DataError
from condenset.tasks.columns.column import (
    Category,
    Column,
    Date,
    Level,
    Number,
    Scale,
    check_spread,
    date_values,
    factorise,
    number_values,
)

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_PARSED = 0.95  # share of texts that must read as dates
_MANY = 100  # more distinct texts than this, in more than half of the rows, are identifiers or prose
_MOST_LEVELS = 100_000  # that a summary of several parts keeps
_NUMBERS = {"integer", "floating", "mixed-integer-float", "decimal"}
_DATES = {"datetime64", "datetime", "date"}
_FIRST_DAY, _LAST_DAY = (moment.timestamp() / 86_400 for moment in (pd.Timestamp.min, pd.Timestamp.max))
_CATEGORIES = {"string", "boolean", "categorical", "mixed", "mixed-integer"}


@dataclass(frozen=True)
class Moments:
    """What a `Scale` needs to know of numbers.

    Attributes:
        count: of the numbers that are present.
        low, high: the smallest and the largest.
        mean: their mean.
        squares: sum of their squared distances from the mean.
        whole: whether all are integers.
        distinct: whether all are integers and differ, as far as parts tell: those of different ranges.
    """

    count: int = 0
    low: float = np.inf
    high: float = -np.inf
    mean: float = 0.0
    squares: float = 0.0
    whole: bool = True
    distinct: bool = True

    @classmethod
    def of(cls, values: Float[np.ndarray, " n"]) -> Moments:
        """Of values with NaN for gaps."""
        present = values[~np.isnan(values)]
        if not len(present):
            return cls()
        with np.errstate(over="ignore"):  # refused by name in `_scale`
            low, high, mean = (float(f(present)) for f in (np.min, np.max, np.mean))
            squares = float(np.square(present - mean).sum())
        whole = bool((present == np.round(present)).all())
        distinct = whole and high - low + 1 >= len(present) == len(np.unique(present))
        return cls(len(present), low, high, mean, squares, whole, distinct)

    def merge(self, other: Moments) -> Moments:
        """Of both (Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance")."""
        if not self.count or not other.count:
            return self if self.count else other
        count, gap = self.count + other.count, other.mean - self.mean
        return Moments(
            count,
            min(self.low, other.low),
            max(self.high, other.high),
            self.mean + gap * other.count / count,
            self.squares + other.squares + gap**2 * self.count * other.count / count,
            self.whole and other.whole,
            self.distinct and other.distinct and (self.high < other.low or other.high < self.low),
        )

    def scale(self, rows: int) -> Scale:
        """The grid of a column with so many rows."""
        constant = self.low == self.high
        mean, std = (self.low, 1.0) if constant else (self.mean, float(np.sqrt(self.squares / self.count)))
        return Scale(self.low, self.high, mean, std, self.whole, self.count < rows)


@dataclass(frozen=True)
class Summary:
    """What is known of a column after some of its rows.

    Attributes:
        rows, present: rows, and those with a value.
        dtype: pandas type.
        kind: number, date, text or category; empty where every value is missing; else why it is no feature.
        moments: of numbers, of dates, and of texts that are dates.
        levels: distinct texts or categories; None for too many.
        dates, parsed: texts that are written as dates, and those of them that are dates.
        first: the first text that is written as a date.
    """

    rows: int
    present: int
    dtype: str
    kind: str
    moments: Moments = Moments()
    levels: frozenset[Level] | None = frozenset()
    dates: int = 0
    parsed: int = 0
    first: str = ""

    def merge(self, other: Summary) -> Summary:
        """After the rows of both, the other's behind."""
        levels = None if self.levels is None or other.levels is None else self.levels | other.levels
        return Summary(
            self.rows + other.rows,
            self.present + other.present,
            _common_dtype(self.dtype, other.dtype),
            _common_kind(self.kind, other.kind),
            self.moments.merge(other.moments),
            None if levels is None or len(levels) > _MOST_LEVELS else levels,
            self.dates + other.dates,
            self.parsed + other.parsed,
            self.first or other.first,
        )


@dataclass(frozen=True)
class Chosen:
    """What became of the columns of a training table.

    Attributes:
        columns: the features.
        dropped: name -> why it is none.
        identifiers: features whose values, whole numbers or texts, all differ.
    """

    columns: tuple[Column, ...]
    dropped: dict[str, str]
    identifiers: tuple[str, ...] = ()

    def without(self, names: Iterable[str]) -> Chosen:
        """With the names that were left out on request."""
        return replace(self, dropped=self.dropped | dict.fromkeys(names, "left out on request"))


def infer_columns(frame: pd.DataFrame) -> Chosen:
    """`choose_columns` for a training table in memory."""
    return choose_columns(summarise(frame))


def summarise(frame: pd.DataFrame) -> dict[str, Summary]:
    """The summary of each column of some rows."""
    return {str(name): _summary(frame[name]) for name in frame.columns}


def choose_columns(summaries: Mapping[str, Summary]) -> Chosen:
    """The columns of a training table, and what is left out.

    Numbers are `integer` where every value is integral; booleans, text and pandas categories are categories;
    datetimes and ISO 8601 text (95 % must parse) are dates. Left out: columns without any value, identifiers and
    free text (more than 100 distinct texts in more than half of the rows), and types that are none of these.

    Raises:
        DataError: no column is left.
    """
    columns: list[Column] = []
    dropped: dict[str, str] = {}
    for name, summary in summaries.items():
        column = _column(name, summary)
        if isinstance(column, str):
            dropped[name] = column
        else:
            columns.append(column)
    if not columns:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items()) or "there is none"
        raise DataError(f"no usable feature column ({reasons}): give a table with numbers, categories or dates")
    identifiers = (column.name for column in columns if _all_differ(column, summaries[column.name]))
    return Chosen(tuple(columns), dropped, tuple(identifiers))


def _all_differ(column: Column, summary: Summary) -> bool:
    """Whether a column numbers or names the rows: a float that happens to be whole does not, nor does a date."""
    if summary.present < summary.rows:
        return False
    if isinstance(column, Number):
        return pd.api.types.is_integer_dtype(column.dtype) and summary.moments.distinct
    return isinstance(column, Category) and len(column.levels) == summary.rows


def _summary(series: pd.Series) -> Summary:
    base = Summary(len(series), int(series.notna().sum()), str(series.dtype), "")
    kind = pd.api.types.infer_dtype(series, skipna=True)
    if not base.present:
        return base
    if kind in _NUMBERS:
        return replace(base, kind="number", moments=Moments.of(number_values(series)))
    if kind in _DATES:
        return replace(base, kind="date", moments=Moments.of(date_values(series)))
    if kind not in _CATEGORIES:
        return replace(base, kind=f"values of type {kind} are not supported")
    try:
        codes, levels = factorise(series)
    except TypeError as error:
        return replace(base, kind=f"values that are no categories: {error}")
    base = replace(base, levels=frozenset(levels))
    return _with_dates(base, series, codes, levels) if kind == "string" else replace(base, kind="category")


def _with_dates(base: Summary, series: pd.Series, codes: Int[np.ndarray, " n"], levels: list[Level]) -> Summary:
    base = replace(base, kind="text")
    written = [index for index, text in enumerate(levels) if _ISO.fullmatch(str(text))]
    if not written:
        return base
    times = np.bincount(codes[codes >= 0], minlength=len(levels))[written]
    texts = pd.Series([str(levels[index]) for index in written])
    parsed = int(times[~np.isnan(date_values(texts))].sum())
    moments = Moments.of(date_values(series))
    return replace(base, moments=moments, dates=int(times.sum()), parsed=parsed, first=str(texts.iloc[0]))


def _column(name: str, summary: Summary) -> Column | str:
    if not summary.kind:
        return "every value is missing"
    if summary.kind == "number":
        scale = _scale(name, summary)
        return Number(name, summary.dtype, scale, "integer" if scale.whole else "numeric")
    if summary.kind == "date" or (summary.kind == "text" and _are_dates(summary)):
        form = _date_form(summary.first) if summary.kind == "text" else ""
        return Date(name, summary.dtype, _days(name, summary), form)
    if summary.kind in ("text", "category"):
        return _category(name, summary)
    return summary.kind


def _scale(name: str, summary: Summary) -> Scale:
    scale = summary.moments.scale(summary.rows)
    check_spread(f"column {name!r}", scale.low, scale.high, scale.mean, scale.std)
    return scale


def _days(name: str, summary: Summary) -> Scale:
    scale = _scale(name, summary)
    if not _FIRST_DAY <= scale.low <= scale.high <= _LAST_DAY:
        raise DataError(
            f"column {name!r} holds dates from {scale.low:.0f} to {scale.high:.0f} days after 1970: expected years "
            "from 1678 to 2261; correct them, or drop the column"
        )
    return scale


def _category(name: str, summary: Summary) -> Category | str:
    if summary.levels is None:
        return f"identifiers or free text: more than {_MOST_LEVELS} distinct values in {summary.rows} rows"
    levels = sorted(summary.levels, key=lambda v: (str(v), str(type(v))))
    if len(levels) > max(_MANY, summary.rows // 2):
        return f"identifiers or free text: {len(levels)} distinct values in {summary.rows} rows"
    return Category(name, summary.dtype, tuple(levels), summary.present < summary.rows)


def _are_dates(summary: Summary) -> bool:
    return summary.dates >= _PARSED * summary.present and summary.parsed >= _PARSED * summary.dates


def _date_form(first: str) -> str:
    if len(first) == len("2000-01-01"):
        return "%Y-%m-%d"
    return "%Y-%m-%dT%H:%M:%S" if "T" in first else "%Y-%m-%d %H:%M:%S"


def _common_dtype(one: str, other: str) -> str:
    if one == other:
        return one
    try:
        return str(np.result_type(np.dtype(one), np.dtype(other)))
    except TypeError:
        return "object"


def _common_kind(one: str, other: str) -> str:
    if one == other or not one or not other:
        return one or other
    return "category" if {one, other} == {"text", "category"} else f"values of two types: {one}, {other}"
