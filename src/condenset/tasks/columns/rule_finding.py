"""Finds what holds between the columns of training rows, where that can be no chance.

Were two columns independent, so many rows of one value of the first would disagree in the second, so many times would
two values meet. Where none does and twenty were to be expected, chance has a probability of some exp(-20).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd
from jaxtyping import Int

from condenset.tasks.columns.column import Category, Column, Date, date_values, number_values
from condenset.tasks.columns.rules import Dependency, Exclusion, Rules, Value

_EXPECTED = 20.0  # contradictions, were the columns independent
_MOST_VALUES = 1000  # of a column that others follow from, so that what is recorded stays small
_MOST_PAIRS = 100_000  # of values of two columns that are counted
_FEW_ROWS = 500  # that refute most of what might follow
_MOST_COLUMNS = 100  # of a table that is searched: the time grows with their square
_MOST_ROWS = 100_000  # that are searched; what is found there is checked on all


@dataclass(frozen=True)
class _Coded:
    """A column as the numbers of its values.

    Attributes:
        column: it.
        codes: of every row, the number of its value in ascending order.
        values: what the values are called in a record.
        decides: whether others may follow from it: what it decodes to is whole, never between two of its values.
    """

    column: Column
    codes: Int[np.ndarray, " rows"]
    values: tuple[Value | None, ...]
    decides: bool

    @cached_property
    def counts(self) -> Int[np.ndarray, " values"]:
        """Rows of each value."""
        return np.bincount(self.codes, minlength=len(self.values))

    @cached_property
    def firsts(self) -> Int[np.ndarray, " values"]:
        """The first row of each value."""
        firsts = np.zeros(len(self.values), dtype=np.int64)
        firsts[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        return firsts

    @cached_property
    def disagreement(self) -> float:
        """The chance that two rows differ."""
        return 1 - float(np.square(self.counts / len(self.codes)).sum())

    def part(self, step: int) -> _Coded:
        """Every so many rows."""
        return replace(self, codes=self.codes[::step])

    def decides_on(self, other: _Coded) -> bool:
        """Whether another column follows from this one, and not by chance."""
        repeated = len(self.codes) - np.count_nonzero(self.counts)
        if not self.decides or repeated * other.disagreement < _EXPECTED:
            return False
        return all(
            bool((other.codes[self.firsts[self.codes[rows]]] == other.codes[rows]).all())
            for rows in (slice(_FEW_ROWS), slice(None))
        )


def find_rules(frame: pd.DataFrame, columns: Sequence[Column]) -> Rules:
    """The rules that all rows of a training table keep; none of a table of more than a hundred columns."""
    if len(columns) > _MOST_COLUMNS:
        return Rules()
    whole = [_coded(frame[column.name], column) for column in columns]
    step = -(-len(frame) // _MOST_ROWS)
    some = [one.part(step) for one in whole] if step > 1 else whole
    deciders = _deciders(some, whole)
    follow = tuple(_dependency(whole[by], whole[index]) for index, by in deciders.items())
    return Rules(follow, tuple(_exclusions(some, whole, deciders)))


def _coded(series: pd.Series, column: Column) -> _Coded:
    if isinstance(column, Category):
        return _Coded(column, column.places(series), tuple(range(column.width)), column.width <= _MOST_VALUES)
    numbers = date_values(series) if isinstance(column, Date) else number_values(series)
    found, codes = np.unique(numbers, return_inverse=True)
    decides = column.scale.whole and not column.scale.missing and len(found) <= _MOST_VALUES
    return _Coded(column, codes, tuple(None if np.isnan(value) else float(value) for value in found), decides)


def _deciders(some: Sequence[_Coded], whole: Sequence[_Coded]) -> dict[int, int]:
    """What each column follows from that follows from one: itself free.

    The finest column comes first, of equals a category: a column can only follow from one that stands before it.
    """
    order = sorted(
        range(len(whole)), key=lambda i: (-len(whole[i].values), not isinstance(whole[i].column, Category), i)
    )
    found: dict[int, int] = {}
    for place, index in enumerate(order):
        for by in order[:place]:
            if some[by].decides_on(some[index]) and whole[by].decides_on(whole[index]):
                found[index] = found.get(by, by)
                break
    return found


def _dependency(by: _Coded, column: _Coded) -> Dependency:
    keys = tuple(value for value in by.values if value is not None)
    values = tuple(column.values[code] for code in column.codes[by.firsts].tolist())
    return Dependency(column.column.name, by.column.name, keys, values)


def _exclusions(some: Sequence[_Coded], whole: Sequence[_Coded], deciders: Mapping[int, int]) -> Iterator[Exclusion]:
    """Values that never meet, said of the categories that others follow from where there are such.

    Of two columns that follow from numbers nothing is said: these would have to be chosen for one another.
    """
    categories = [index for index, one in enumerate(whole) if isinstance(one.column, Category)]
    pairs: dict[tuple[int, int], set[tuple[int, int]]] = {}
    for one, other in combinations(categories, 2):
        found = _apart(some[one], some[other], whole[one], whole[other])
        (first, mine), (second, theirs) = (_origins(whole, deciders, index) for index in (one, other))
        if found and first != second and not {first, second} <= deciders.keys():
            met = {(a, b) for i, j in found for a in mine[i] for b in theirs[j]}
            ordered = met if first < second else {(b, a) for a, b in met}
            pairs.setdefault((min(first, second), max(first, second)), set()).update(ordered)
    for (first, second), met in sorted(pairs.items()):
        yield Exclusion(whole[first].column.name, whole[second].column.name, tuple(sorted(met)))


def _apart(one: _Coded, other: _Coded, whole_one: _Coded, whole_other: _Coded) -> list[list[int]]:
    """Values of two columns that never meet and would do so often, were the columns independent."""
    if len(one.values) * len(other.values) > _MOST_PAIRS:
        return []
    expected = np.outer(one.counts, other.counts) / len(one.codes)
    found = (expected >= _EXPECTED) & (_meetings(one, other) == 0)
    if found.any() and one is not whole_one:
        found &= _meetings(whole_one, whole_other) == 0
    return np.argwhere(found).tolist()


def _meetings(one: _Coded, other: _Coded) -> Int[np.ndarray, "values others"]:
    shape = len(one.values), len(other.values)
    return np.bincount(one.codes * shape[1] + other.codes, minlength=shape[0] * shape[1]).reshape(shape)


def _origins(whole: Sequence[_Coded], deciders: Mapping[int, int], index: int) -> tuple[int, list[list[int]]]:
    """The category that a category follows from, itself where that is none, and which of its places make each value."""
    by = deciders.get(index, index)
    if not isinstance(whole[by].column, Category):
        by = index
    made = whole[index].codes[whole[by].firsts]
    return by, [np.flatnonzero(made == value).tolist() for value in range(len(whole[index].values))]
