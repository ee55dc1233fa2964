"""What kind of column each column of a table is, decided on the training rows alone."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from jaxtyping import Float

from condenset.core.errors import DataError
from condenset.tasks.tabular.columns import (
    Category,
    Column,
    Date,
    Number,
    Scale,
    date_values,
    factorise,
    number_values,
)

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_PARSED = 0.95  # share of texts that must read as dates
_MANY = 100  # more distinct texts than this, in more than half of the rows, are identifiers or prose
_NUMBERS = {"integer", "floating", "mixed-integer-float", "decimal"}
_DATES = {"datetime64", "datetime", "date"}
_CATEGORIES = {"string", "boolean", "categorical", "mixed", "mixed-integer"}


def infer_columns(frame: pd.DataFrame) -> tuple[tuple[Column, ...], dict[str, str]]:
    """The columns of a training table, and the names that are left out with the reason.

    Numbers are `integer` where every value is integral; booleans, text and pandas categories are categories;
    datetimes and ISO 8601 text (95 % must parse) are dates. Left out: columns without any value, identifiers and
    free text (more than 100 distinct texts in more than half of the rows), and types that are none of these.

    Raises:
        DataError: no column is left.
    """
    found: list[Column] = []
    dropped: dict[str, str] = {}
    for name in map(str, frame.columns):
        column = _infer(frame[name], name)
        if isinstance(column, str):
            dropped[name] = column
        else:
            found.append(column)
    if not found:
        reasons = "; ".join(f"{name}: {reason}" for name, reason in dropped.items()) or "there is none"
        raise DataError(f"no usable feature column ({reasons}): give a table with numbers, categories or dates")
    return tuple(found), dropped


def _infer(series: pd.Series, name: str) -> Column | str:
    if series.isna().all():
        return "every value is missing"
    kind = pd.api.types.infer_dtype(series, skipna=True)
    dtype = str(series.dtype)
    if kind in _NUMBERS:
        scale = _scale(number_values(series))
        return Number(name, dtype, scale, "integer" if scale.whole else "numeric")
    if kind in _DATES:
        return Date(name, dtype, _scale(date_values(series)), "")
    if kind not in _CATEGORIES:
        return f"values of type {kind} are not supported"
    form = _date_form(series) if kind == "string" else ""
    if form:
        return Date(name, dtype, _scale(date_values(series)), form)
    return _category(series, name)


def _scale(values: Float[np.ndarray, " n"]) -> Scale:
    present = values[~np.isnan(values)]
    low, high, mean, std = (float(f(present)) for f in (np.min, np.max, np.mean, np.std))
    whole = bool((present == np.round(present)).all())
    constant = low == high
    return Scale(low, high, low if constant else mean, 1.0 if constant else std, whole, len(present) < len(values))


def _category(series: pd.Series, name: str) -> Category | str:
    try:
        levels = sorted(set(factorise(series)[1]), key=lambda v: (str(v), str(type(v))))
    except TypeError as error:
        return f"values that are no categories: {error}"
    if len(levels) > max(_MANY, len(series) // 2):
        return f"identifiers or free text: {len(levels)} distinct values in {len(series)} rows"
    return Category(name, str(series.dtype), tuple(levels), bool(series.isna().any()))


def _date_form(series: pd.Series) -> str:
    texts = series.dropna().astype(str)
    matching = texts[[_ISO.fullmatch(text) is not None for text in texts]]
    if len(matching) < _PARSED * len(texts) or np.isnan(date_values(matching)).mean() > 1 - _PARSED:
        return ""
    first = str(matching.iloc[0])
    if len(first) == len("2000-01-01"):
        return "%Y-%m-%d"
    return "%Y-%m-%dT%H:%M:%S" if "T" in first else "%Y-%m-%d %H:%M:%S"
