"""The target of a table: classes or a number, how raw values become targets, and how targets become raw values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.errors import DataError, RequestError
from condenset.core.groups import ByBin, ByClass
from condenset.tasks.columns.column import Level, check_spread, factorise, level_of, number_values
from condenset.tasks.footprint import index_bytes
from condenset.tasks.targets.classification import Classification, majority
from condenset.tasks.targets.regression import Regression
from condenset.tasks.targets.target import Target

_MOST_CLASSES = 20  # an integral target with more distinct values is a quantity
_CLASS_SHARE = 0.05  # and so is one whose distinct values are a larger share of the rows, above
_FEW_CLASSES = 3  # this many, which small tables may have
_BINS = 10
_ROWS_PER_BIN = 5


@dataclass(frozen=True)
class TargetCode:
    """A target and what its raw values are.

    Attributes:
        target: what is predicted.
        groups: its classes or bins.
        name: the column's name.
        dtype: pandas type of the raw values.
        values: raw values of the classes in the order of their indices; empty for a number.
    """

    target: Target
    groups: ByClass | ByBin
    name: str
    dtype: str
    values: tuple[Level, ...] = ()

    def encode(self, series: pd.Series) -> Tensor:
        """Raw values as (n,) int64 indices or (n, 1) float32 standardised. Raises `DataError` for an unknown class and
        for lists."""
        if isinstance(self.target, Regression):
            return torch.from_numpy(_standard(number_values(series), self.target.mean, self.target.std))[:, None]
        _expect_plain(series, self.name)
        place = {value: index for index, value in enumerate(self.values)}
        codes, levels = factorise(series)
        unknown = sorted(str(level) for level in levels if level not in place)
        if unknown:
            raise DataError(f"target {self.name!r} has classes {unknown} in the test rows that no training row has")
        return torch.from_numpy(np.array([place[level] for level in levels], np.int64)[codes])

    def counted(self, counts: Int[Tensor, " groups"]) -> Target:
        """The target of data with so many rows of every group."""
        target = self.target
        return replace(target, majority=majority(counts)) if isinstance(target, Classification) else target

    @property
    def nbytes(self) -> int:
        """Bytes of a raw target: of the number of a class, or of a number."""
        return index_bytes(len(self.values)) if self.values else 8

    def record(self) -> dict[str, Any]:
        """The target as a JSON-able record, with what `raw_targets` needs."""
        fields: dict[str, Any] = {"name": self.name, "kind": self.target.kind, "dtype": self.dtype}
        if isinstance(self.target, Regression) and isinstance(self.groups, ByBin):
            return fields | {"mean": self.target.mean, "std": self.target.std, "edges": list(self.groups.edges)}
        return fields | {"classes": list(self.groups.names), "values": list(self.values)}


def code_from(record: Mapping[str, Any]) -> TargetCode:
    """The code that wrote a record."""
    if record["kind"] == "regression":
        number = Regression(record["name"], record["mean"], record["std"])
        return TargetCode(number, ByBin(tuple(record["edges"])), record["name"], record["dtype"])
    classes, values = tuple(record["classes"]), tuple(record["values"])
    return TargetCode(Classification(classes), ByClass(classes), record["name"], record["dtype"], values)


def raw_targets(targets: Tensor, record: Mapping[str, Any]) -> pd.Series:
    """Targets of a batch as raw values of the original type; of soft labels the likeliest class.

    Args: targets, (n,) int64, (n, classes) float or (n, 1) float standardised; record, `TargetCode.record()`.
    """
    dtype = record["dtype"]
    if record["kind"] == "regression":
        values = targets[:, 0].double().numpy() * record["std"] + record["mean"]
        whole = pd.api.types.is_integer_dtype(dtype)
        return pd.Series(np.round(values) if whole else values, name=record["name"]).astype(dtype)
    index = targets.argmax(1) if targets.is_floating_point() else targets
    values = [record["values"][i] for i in index.tolist()]
    return pd.Series(values, name=record["name"], dtype=None if dtype == "str" else dtype)


def code_target(series: pd.Series, kind: str | None = None) -> TargetCode:
    """The target of training rows.

    What is no number, or is integral with at most 20 distinct values that are at most 5 % of the rows (or 3), is a
    class; anything else is a number, with at most 10 quantile bins as groups, none of them empty.

    Args: kind, "classification" or "regression" to decide it otherwise.
    Raises: `DataError` for a target with gaps, with lists in its cells, with one value only or infinite;
    `RequestError` for another kind.
    """
    name = str(series.name)
    _check(series, name)
    kind = kind or _kind(series)
    if kind == "classification":
        values = _ordered(set(factorise(series)[1]))
        names = tuple(map(_class_name, values))
        return TargetCode(Classification(names), ByClass(names), name, str(series.dtype), values)
    if kind != "regression":
        raise RequestError(f"kind {kind!r} of the target is unknown: classification or regression")
    numbers = number_values(series)
    if not np.isfinite(numbers).all():
        count = int((~np.isfinite(numbers)).sum())
        raise DataError(f"target {name!r} has {count} values that are no finite numbers: regression needs numbers")
    with np.errstate(over="ignore"):
        mean, std = float(numbers.mean()), float(numbers.std())
    check_spread(f"target {name!r}", numbers.min(), numbers.max(), mean, std)
    bins = ByBin(_edges(_standard(numbers, mean, std)))
    return TargetCode(Regression(name, mean, std), bins, name, str(series.dtype))


def strata(series: pd.Series, code: TargetCode) -> Int[np.ndarray, " n"]:
    """The group of each row, of shape (rows,), which a split keeps in proportion.

    Raises `DataError` for a class with a single row.
    """
    groups = code.groups.of(code.encode(series)).numpy()
    alone = np.flatnonzero(np.bincount(groups, minlength=len(code.groups)) == 1)
    if isinstance(code.target, Classification) and len(alone):
        names = ", ".join(repr(code.groups.names[index]) for index in alone)
        raise DataError(f"class {names} of {code.name!r} has one row only, which cannot be both trained and tested on: "
                        "remove it, merge it with another class, or give test rows")  # fmt: skip
    return groups


def _check(series: pd.Series, name: str) -> None:
    gaps = int(series.isna().sum())
    if gaps:
        raise DataError(f"target {name!r} is missing in {gaps} of {len(series)} rows: remove those rows or fill them")
    _expect_plain(series, name)
    if series.nunique() < 2:
        level = repr(level_of(series.iloc[0])) if len(series) else "no value"
        raise DataError(f"target {name!r} is constant: the only value is {level}; expected two or more")


def _expect_plain(series: pd.Series, name: str) -> None:
    cells = series if series.dtype == object else series[:0]
    nested = [row for row, value in enumerate(cells) if not pd.api.types.is_hashable(value)]
    if nested:
        raise DataError(
            f"target {name!r} holds a {type(cells.iloc[nested[0]]).__name__} in {len(nested)} of {len(series)} rows, "
            f"the first is row {nested[0] + 1}: expected one class or one number in each"
        )


def _kind(series: pd.Series) -> str:
    numeric = pd.api.types.infer_dtype(series) in {"integer", "floating", "mixed-integer-float", "decimal"}
    distinct = series.nunique()
    if not numeric:
        return "classification"
    values = number_values(series)
    integral = bool((values == np.round(values)).all())
    few = distinct <= _FEW_CLASSES or distinct <= min(_MOST_CLASSES, _CLASS_SHARE * len(series))
    return "classification" if integral and few else "regression"


def _ordered(values: set[Level]) -> tuple[Level, ...]:
    numeric = all(isinstance(value, int | float) for value in values)
    return tuple(sorted(values) if numeric else sorted(values, key=str))


def _class_name(value: Level) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _standard(values: Float[np.ndarray, " n"], mean: float, std: float) -> Float[np.ndarray, " n"]:
    return ((values - mean) / std).astype(np.float32)


def _edges(z: Float[np.ndarray, " n"]) -> tuple[float, ...]:
    # Each edge is a training value and closes its bin, so no bin is empty; the maximum would leave the last one so.
    bins = max(1, min(_BINS, len(z) // _ROWS_PER_BIN))
    cuts = np.quantile(z, np.linspace(0, 1, bins + 1)[1:-1], method="lower")
    return tuple(float(edge) for edge in np.unique(cuts) if edge < z.max())
