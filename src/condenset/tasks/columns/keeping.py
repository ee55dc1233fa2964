"""Rows chosen column after column, so that what holds between the columns of the training rows holds in them, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.float64 import float64
from condenset.tasks.columns.column import Category, Column, Number, Scale, decode_matrix, number_values, starts
from condenset.tasks.columns.rules import Dependency, Exclusion, Rules, Value

_NEVER = 1e6  # taken off a level for every other that it never meets: more than any logit


@dataclass(frozen=True)
class _Given:
    """What a column follows from.

    Attributes:
        start, stop: the places of what decides.
        blocks: (values, width), what the column is beside each value.
        number: the grid and the values, ascending, of a number that decides; None for a category, whose places say it.
    """

    start: int
    stop: int
    blocks: Float[Tensor, "values width"]
    number: tuple[Scale, Tensor] | None = None


@dataclass(frozen=True)
class Step:
    """One column, at places start ... stop of a row.

    Attributes:
        choice: where the places begin of which one is chosen; None: none is.
        apart: places of an earlier column, and (its width, own width) ones where two values never meet.
        given: what it follows from; None: from nothing.
    """

    start: int
    stop: int
    choice: int | None
    apart: list[tuple[int, int, Tensor]] = field(default_factory=list)
    given: _Given | None = None


def steps_of(columns: Sequence[Column], rules: Rules) -> list[Step]:
    """The order in which columns are settled: those that decide first, and of those what follows from a number."""
    spans = {column.name: (start, column) for column, start in zip(columns, starts(columns), strict=True)}
    givens = {dependency.column: dependency for dependency in rules.dependencies}
    steps: dict[str, Step] = {}
    for name in sorted(spans, key=lambda name: _turn(name, spans, givens)):
        start, column = spans[name]
        first = start if isinstance(column, Category) else start + 1
        choice = first if column.width > first - start else None
        given = _given(givens[name], spans) if name in givens else None
        steps[name] = Step(start, start + column.width, choice, given=given)
    for exclusion in rules.exclusions:
        names = exclusion.first, exclusion.second
        earlier, later = sorted(names, key=list(steps).index)
        apart = _apart(exclusion, spans)
        start, stop = steps[earlier].start, steps[earlier].stop
        steps[later].apart.append((start, stop, apart if earlier == exclusion.first else apart.T))
    return [step for step in steps.values() if step.choice is not None or step.given]


def decode_rows(matrix: Float[np.ndarray, "rows width"], columns: Sequence[Column], rules: Rules) -> pd.DataFrame:
    """(rows, width) as a table of legal rows, between whose columns the rules hold."""
    hard, _ = settled(torch.from_numpy(matrix), steps_of(columns, rules))
    frame, known = decode_matrix(hard.numpy(), columns), {column.name: column for column in columns}
    for dependency in rules.dependencies:
        column = known[dependency.column]
        if isinstance(column, Number) and not column.scale.whole:  # float32 places hold its values but nearly
            frame[column.name] = _nearest(frame[column.name], dependency.values).astype(column.dtype)
    return frame


def _nearest(series: pd.Series, values: Sequence[Value | None]) -> pd.Series:
    legal = np.array([value for value in values if value is not None])
    numbers = number_values(series)
    nearest = legal[np.abs(numbers[:, None] - legal).argmin(1)]
    return pd.Series(np.where(np.isnan(numbers), np.nan, nearest), index=series.index)


def settled(
    data: Float[Tensor, "rows width"], steps: Sequence[Step]
) -> tuple[Float[Tensor, "rows width"], Float[Tensor, "rows width"]]:
    """Rows as they are chosen, one place of every choice, and the same softly, differentiable in the data.

    Args: data, z-scores and logits side by side; numbers that follow from nothing are returned as they are. Where every
    level of a category is kept out by earlier choices, the one that fewest of them keep out is taken.
    """
    hard, soft = data.detach().clone(), data.clone()
    for step in steps:
        if step.choice is not None:
            own = slice(step.choice, step.stop)
            scores = hard[:, own]
            for start, stop, apart in step.apart:
                scores = scores - _NEVER * (hard[:, start:stop] @ apart.to(hard))
            soft[:, own] = data[:, own].softmax(1)
            hard[:, own] = F.one_hot(scores.argmax(1), step.stop - step.choice).to(hard)
        if step.given is not None:
            _follow(hard, soft, step)
    return hard, soft


def _follow(hard: Float[Tensor, "rows width"], soft: Float[Tensor, "rows width"], step: Step) -> None:
    """A column becomes what it is beside the value that decides; a number that never occurred decides nothing."""
    assert step.given is not None
    given, own = step.given, slice(step.start, step.stop)
    blocks = given.blocks.to(hard)
    if given.number is None:
        hard[:, own] = hard[:, given.start : given.stop] @ blocks
        soft[:, own] = soft[:, given.start : given.stop].clone() @ blocks
        return
    known, at = _found(hard[:, given.start], *given.number)
    for rows in (hard, soft):
        rows[:, own] = torch.where(known[:, None], blocks[at], rows[:, own])


def _found(
    z: Float[Tensor, " rows"], scale: Scale, keys: Float[Tensor, " values"]
) -> tuple[Tensor, Int[Tensor, " rows"]]:
    """Which numbers are among the keys, and where."""
    wide = float64(z)
    values = (wide * scale.std + scale.mean).clamp(scale.low, scale.high).round()
    sought = keys.to(values)
    at = torch.searchsorted(sought, values).clamp(max=len(sought) - 1)
    found = sought[at] == values
    return found.to(z.device), at.to(z.device)


def _turn(name: str, spans: dict[str, tuple[int, Column]], givens: dict[str, Dependency]) -> tuple[int, int]:
    start, column = spans[name]
    by = spans[givens[name].by][1] if name in givens else None
    if by is None:
        return (2 if isinstance(column, Category) else 0), start
    return (3 if isinstance(by, Category) else 1), start


def _given(dependency: Dependency, spans: dict[str, tuple[int, Column]]) -> _Given:
    start, by = spans[dependency.by]
    _, column = spans[dependency.column]
    if isinstance(column, Category):
        blocks = np.eye(column.width)[[int(value) for value in dependency.values if value is not None]]
    else:
        blocks = column.scale.encode(np.array([np.nan if value is None else value for value in dependency.values]))
    table = torch.from_numpy(blocks).float()
    if not isinstance(by, Category):
        keys = torch.tensor(dependency.keys, dtype=torch.float64)
        return _Given(start, start + by.width, table, (by.scale, keys))
    placed = torch.zeros(by.width, column.width)
    placed[[int(key) for key in dependency.keys]] = table
    return _Given(start, start + by.width, placed)


def _apart(exclusion: Exclusion, spans: dict[str, tuple[int, Column]]) -> Float[Tensor, "first second"]:
    ones = torch.zeros(spans[exclusion.first][1].width, spans[exclusion.second][1].width)
    for one, other in exclusion.pairs:
        ones[one, other] = 1.0
    return ones
