"""Columns of a table: how each becomes network inputs, how inputs become legal rows again, and which rows are legal.

A matrix holds the columns side by side: a number or a date is its z-score, followed by the pair (present, missing)
where the training data had gaps; a category is one-hot, with one more place for gaps. A value that the training
data never had is all zeros. Columns are plain records, so a saved set decodes without its dataset.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from jaxtyping import Bool, Float, Int

from condenset.core.columns import Columns
from condenset.core.errors import ArtifactError, DataError
from condenset.tasks.footprint import index_bytes

_EPOCH = pd.Timestamp("1970-01-01")
_DAY = pd.Timedelta(days=1)
Level = str | bool | int | float


@dataclass(frozen=True)
class Scale:
    """The grid of a column of numbers, measured on the training data.

    Attributes:
        low, high: smallest and largest value, in the column's unit (days since 1970 for dates).
        mean, std: of the values that are present; std is 1 for a constant column.
        whole: whether every value is an integer.
        missing: whether values may be missing.
    """

    low: float
    high: float
    mean: float
    std: float
    whole: bool
    missing: bool

    @property
    def width(self) -> int:
        """Places in the matrix: 1, or 3 with the pair (present, missing)."""
        return 3 if self.missing else 1

    def encode(self, values: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n width"]:
        """Values with NaN for gaps, (n,) float64, as float32 rows. A gap without a place for it reads as the mean."""
        gap = np.isnan(values)
        z = np.where(gap, 0.0, (values - self.mean) / self.std)
        parts = [z, ~gap, gap] if self.missing else [z]
        return np.stack(parts, axis=1).astype(np.float32)

    def decode(self, block: Float[np.ndarray, "n width"]) -> Float[np.ndarray, " n"]:
        """The nearest legal values, (n,) float64: inside [low, high], on the grid, NaN where `missing` wins."""
        values = np.clip(block[:, 0].astype(np.float64) * self.std + self.mean, self.low, self.high)
        values = np.round(values) if self.whole else values
        return np.where(block[:, 2] > block[:, 1], np.nan, values) if self.missing else values

    def admits(self, values: Float[np.ndarray, " n"]) -> Bool[np.ndarray, " n"]:
        """Which values, (n,) float64, could stand in a training row."""
        inside = (values >= self.low) & (values <= self.high)
        inside &= (values == np.round(values)) | (not self.whole)
        return inside | (np.isnan(values) & self.missing)


@dataclass(frozen=True)
class Number:
    """A column of numbers.

    Attributes:
        dtype: the pandas type that decoded values get.
    """

    name: str
    dtype: str
    scale: Scale
    kind: Literal["numeric", "integer"]

    @property
    def width(self) -> int:
        """Places in the matrix: the width of the rows (n, width) that `encode` makes."""
        return self.scale.width

    @property
    def nbytes(self) -> int:
        """Bytes of a value in its own type."""
        return int(pd.api.types.pandas_dtype(self.dtype).itemsize)

    def encode(self, series: pd.Series) -> Float[np.ndarray, "n width"]:
        """Raw values (n,) as rows (n, width) float32; what is no number reads as missing."""
        return self.scale.encode(number_values(series))

    def decode(self, block: Float[np.ndarray, "n width"]) -> pd.Series:
        """Rows as values of the original type."""
        return pd.Series(self.scale.decode(block)).astype(self.dtype)

    def legal(self, series: pd.Series) -> Bool[np.ndarray, " n"]:
        """Which raw values are in the training range and on its grid."""
        return self.scale.admits(number_values(series))


@dataclass(frozen=True)
class Date:
    """A column of dates, counted in days since 1970; whole days are exact, times keep about 1e-7 of the range.

    Attributes:
        dtype: the pandas type of decoded values.
        form: `strftime` form of dates that were written as text; empty for a datetime type.
    """

    name: str
    dtype: str
    scale: Scale
    form: str
    kind: Literal["date"] = "date"

    @property
    def width(self) -> int:
        """Places in the matrix: the width of the rows (n, width) that `encode` makes."""
        return self.scale.width

    @property
    def nbytes(self) -> int:
        """Bytes of a date."""
        return 8

    def encode(self, series: pd.Series) -> Float[np.ndarray, "n width"]:
        """Raw dates (n,) as rows (n, width) float32; what does not parse reads as missing."""
        return self.scale.encode(date_values(series))

    def decode(self, block: Float[np.ndarray, "n width"]) -> pd.Series:
        """Rows as dates of the original type and form."""
        times = pd.Series(_EPOCH + pd.to_timedelta(self.scale.decode(block), unit="D"))
        if self.form:
            return times.dt.strftime(self.form)
        if self.dtype == "object":
            return times.dt.date
        return times.dt.tz_localize("UTC").astype(self.dtype) if "," in self.dtype else times.astype(self.dtype)

    def legal(self, series: pd.Series) -> Bool[np.ndarray, " n"]:
        """Which raw dates lie between the first and the last training date."""
        return self.scale.admits(date_values(series))


@dataclass(frozen=True)
class Category:
    """A column of categories.

    Attributes:
        dtype: the pandas type of decoded values.
        levels: the values of the training data.
        missing: whether values may be missing; a gap then has its own place, the last one.
    """

    name: str
    dtype: str
    levels: tuple[Level, ...]
    missing: bool
    kind: Literal["category"] = "category"

    @property
    def width(self) -> int:
        """Places in the matrix: the width of the rows (n, width) that `encode` makes."""
        return len(self.levels) + self.missing

    @property
    def nbytes(self) -> int:
        """Bytes of the number of a level."""
        return index_bytes(self.width)

    def places(self, series: pd.Series) -> Int[np.ndarray, " n"]:
        """The place of each raw value, of shape (n,), -1 for an unknown one."""
        place: dict[Any, int] = {level: index for index, level in enumerate(self.levels)}
        gap = len(self.levels) if self.missing else -1
        codes, levels = factorise(series)
        return np.array([*(place.get(level, -1) for level in levels), gap])[codes]

    def encode(self, series: pd.Series) -> Float[np.ndarray, "n width"]:
        """Raw values (n,) as one-hot rows (n, width) float32; unknown values are all zeros."""
        return (self.places(series)[:, None] == np.arange(self.width)).astype(np.float32)

    def decode(self, block: Float[np.ndarray, "n width"]) -> pd.Series:
        """The largest place of each row as a value of the original type, NaN for a gap."""
        values = np.array([*self.levels, np.nan], dtype=object)[block.argmax(axis=1)]
        if self.dtype == "category":
            return pd.Series(pd.Categorical(values, categories=list(self.levels)))
        return pd.Series(values.tolist()) if self.dtype == "str" else pd.Series(values, dtype=object).astype(self.dtype)

    def legal(self, series: pd.Series) -> Bool[np.ndarray, " n"]:
        """Which raw values the training data had."""
        codes, levels = factorise(series)
        return np.array([*(level in self.levels for level in levels), self.missing])[codes]


Column = Number | Date | Category
_KINDS: dict[str, type[Number] | type[Date] | type[Category]] = {
    "numeric": Number, "integer": Number, "date": Date, "category": Category,
}  # fmt: skip


def check_spread(what: str, low: float, high: float, mean: float, std: float) -> None:
    """Raises `DataError` where numbers cannot be standardised, since mean or spread overflows, or it vanishes."""
    if not (np.isfinite(mean) and 0 < std < np.inf):
        raise DataError(
            f"{what} holds numbers from {low:g} to {high:g}, whose spread is beyond what numbers of 64 bits hold: "
            "correct them or change their unit"
        )


def number_values(series: pd.Series) -> Float[np.ndarray, " n"]:
    """A column as float64 of shape (rows,) with NaN for what is missing or no number."""
    return pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def date_values(series: pd.Series) -> Float[np.ndarray, " n"]:
    """A column (n,) of dates or ISO 8601 text as float64 days since 1970 (UTC), NaN for what does not parse."""
    if pd.api.types.is_datetime64_any_dtype(series.dtype):
        times = series if series.dt.tz is None else series.dt.tz_convert(None)
    else:
        texts = series.astype(object).where(series.notna(), None).map(lambda v: None if v is None else str(v))
        times = pd.to_datetime(texts, errors="coerce", format="ISO8601", utc=True).dt.tz_convert(None)
    return ((times - _EPOCH) / _DAY).to_numpy(dtype=np.float64)


def unreadable(series: pd.Series, column: Column) -> pd.Series:
    """Those raw values of a column of numbers or dates that are there and are none; empty for categories."""
    if isinstance(column, Category):
        return series[:0]
    read = number_values(series) if isinstance(column, Number) else date_values(series)
    return series[series.notna() & np.isnan(read)]


def level_of(value: Any) -> Level:
    """A category's value as JSON writes it: text, boolean or number; anything else by its text."""
    value = value.item() if isinstance(value, np.generic) else value
    return value if isinstance(value, str | bool | int | float) else str(value)


def factorise(series: pd.Series) -> tuple[Int[np.ndarray, " n"], list[Level]]:
    """The distinct values of a column and for each row which one it has, of shape (rows,), -1 for a gap.

    Raises `TypeError` for values, such as lists, that cannot be compared.
    """
    kind = series.dtype
    plain = isinstance(kind, pd.StringDtype) or (isinstance(kind, np.dtype) and kind.kind in "biuf")
    codes, values = pd.factorize(series if plain else series.astype(object))  # objects take much memory
    return codes, [level_of(value) for value in values]


def matrix_width(columns: Sequence[Column]) -> int:
    """Width of the matrix (rows, width) that the columns make together."""
    return sum(column.width for column in columns)


def starts(columns: Sequence[Column]) -> list[int]:
    """First place of each column in the matrix."""
    return list(itertools.accumulate((column.width for column in columns[:-1]), initial=0))


def layout(columns: Sequence[Column]) -> Columns:
    """What stands where in the matrix (rows, width); whether a number is there is a choice of its own."""
    numbers, choices = [], []
    for column, start in zip(columns, starts(columns), strict=True):
        first = start
        if not isinstance(column, Category):
            numbers.append(start)
            first += 1
        if column.width > first - start:
            choices.append((first, start + column.width))
    return Columns(tuple(numbers), tuple(choices))


def encode_frame(frame: pd.DataFrame, columns: Sequence[Column]) -> Float[np.ndarray, "rows width"]:
    """A table as (rows, width) float32, as networks see it."""
    return np.concatenate([column.encode(frame[column.name]) for column in columns], axis=1)


def decode_matrix(matrix: Float[np.ndarray, "rows width"], columns: Sequence[Column]) -> pd.DataFrame:
    """(rows, width) as a table of legal rows, columns in their order and of their original types."""
    at = starts(columns)
    blocks = ((c, matrix[:, start : start + c.width]) for c, start in zip(columns, at, strict=True))
    return pd.DataFrame({column.name: column.decode(block) for column, block in blocks})


def legal(frame: pd.DataFrame, columns: Sequence[Column]) -> pd.Series:
    """Which rows of a table (rows, columns) could stand in the training data: a boolean per row.

    They are judged column by column, on raw values.
    """
    verdicts = [column.legal(frame[column.name]) for column in columns]
    return pd.Series(np.logical_and.reduce(verdicts), index=frame.index)


def to_fields(columns: Sequence[Column]) -> list[dict[str, Any]]:
    """The columns as JSON-able records."""
    return [dataclasses.asdict(column) | _listed(column) for column in columns]


def _listed(column: Column) -> dict[str, Any]:
    return {"levels": list(column.levels)} if isinstance(column, Category) else {}


def from_fields(records: Iterable[Mapping[str, Any]]) -> tuple[Column, ...]:
    """The columns of `to_fields`. Raises `ArtifactError` where a record is incomplete or its scale is no scale."""
    columns = tuple(_column(record) for record in records)
    if not columns:
        raise ArtifactError("the record of columns is empty: a table has at least one column")
    return columns


def _column(record: Mapping[str, Any]) -> Column:
    try:
        fields = dict(record)
        if "scale" in fields:
            fields["scale"] = Scale(**fields["scale"])
            if not (fields["scale"].std > 0 and fields["scale"].low <= fields["scale"].high):
                raise ValueError(f"std {fields['scale'].std} or range is impossible")
        if "levels" in fields:
            fields["levels"] = tuple(fields["levels"])
            if not fields["levels"]:
                raise ValueError("a category has at least one level")
        return _KINDS[fields["kind"]](**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"column record {str(record)[:200]} cannot be read: {error}") from error
