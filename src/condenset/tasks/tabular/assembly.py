"""From a raw table to a task: split, columns, target, matrices."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.core.spec import Leaf
from condenset.tasks.columns.column import Column, encode_frame, layout, matrix_width, to_fields, unreadable
from condenset.tasks.columns.inference import Chosen, infer_columns
from condenset.tasks.columns.rule_finding import find_rules
from condenset.tasks.columns.rules import Rules
from condenset.tasks.footprint import footprint, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.labelled.split import split_rows
from condenset.tasks.labelled.target_code import TargetCode, code_target
from condenset.tasks.reading.table_file import check_finite, check_names
from condenset.tasks.recognised import Recognised, drawn
from condenset.tasks.tabular.raw import RawTable
from condenset.tasks.task import MODALITIES, Task
from condenset.tasks.view import View


@dataclass(frozen=True)
class Origin:
    """Where a table is from.

    Attributes:
        name: of the task.
        why: the target is that column, in words.
        sha256: of the raw content, hex.
        files: bytes of those that hold the training rows; None: in no file.
        tested: which rows are held out, in words.
        source: JSON-able arguments that open the task again.
    """

    name: str
    why: str
    sha256: str
    files: int | None
    tested: str
    source: dict[str, Any]


def assemble(table: RawTable, seed: int, test_fraction: float, drop: Sequence[str], source: dict[str, Any]) -> Task:
    """The task of a table.

    Args:
        seed: of the split into training and test rows, unless the table has test rows.
        test_fraction: share of the rows that is held out, in [0, 1); 0 holds nothing out.
        drop: columns that are no features.
        source: JSON-able arguments that open the task again.

    Raises:
        UnknownNameError: the target or a column to drop does not exist; it names the nearest.
        DataError: the table cannot be used; the message says why.
        RequestError: the fraction is not in [0, 1).
    """
    frame = table.frame.rename(columns=str).reset_index(drop=True)
    check_names(frame)
    check_request(frame.columns, table.target, test_fraction, drop)
    check_finite(frame.drop(columns=table.target), "the rows")
    train, test = _split(frame, table, seed, test_fraction)
    chosen = infer_columns(train.drop(columns=[table.target, *drop])).without(drop)
    code, columns = code_target(train[table.target], table.kind), chosen.columns
    rules = find_rules(train, columns)
    view = InMemoryView(_batch(train, columns, code), len(code.groups))
    files, tested = share(table.files, len(train), len(frame)), _tested(table, test, test_fraction, seed)
    origin = Origin(table.name, table.why, table.sha256, files, tested, source)
    task = describe(origin, chosen, code, view, test_opener(table.name, test, columns, code), rules)
    if table.validation is None:
        return task
    _check_rows(table.validation, columns, code.name, "validation")
    told = replace(task.recognised, validation=f"{len(table.validation)} rows of their own")
    return replace(task, validation=_batch(table.validation, columns, code), recognised=told)


def describe(
    origin: Origin, chosen: Chosen, code: TargetCode, train: View, held_out: Callable[[], Batch], rules: Rules
) -> Task:
    """The task of a table whose columns are known. Warns of those that seem to be identifiers."""
    columns, target = chosen.columns, code.counted(train.counts())
    row = sum(column.nbytes for column in columns) + code.nbytes
    for doubt in (doubts := tuple(_doubt(column) for column in chosen.identifiers)):
        warnings.warn(doubt, stacklevel=2)
    recognised = Recognised(
        target=f"{code.name}, {origin.why}: {target.describe()}",
        inputs=str(rules),
        columns={column.name: column.kind for column in columns},
        dropped=chosen.dropped,
        test=origin.tested,
        doubts=doubts,
    )
    return Task(
        name=origin.name,
        modality=MODALITIES.get("tabular"),
        input_spec=Leaf((matrix_width(columns),)),
        target=target,
        groups=code.groups,
        train=train,
        held_out=held_out,
        preprocessing={
            "kind": "table", "columns": to_fields(columns), "target": code.record(), "dropped": chosen.dropped,
        },
        constraints=rules.record(),
        fingerprint={"rows": len(train), "sha256": origin.sha256},
        source=origin.source,
        footprint=footprint(origin.files, len(train), row),
        recognised=recognised,
        more={"columns": layout(columns)},
    )  # fmt: skip


def check_request(names: Iterable[str], target: str, test_fraction: float, drop: Sequence[str]) -> None:
    """Raises as `assemble` does for a target, columns to drop or a fraction that are impossible."""
    for noun, wanted in (("target column", [target]), ("column to drop", drop)):
        for name in wanted:
            if name not in names:
                raise UnknownNameError(noun, name, names)
    if target in drop:
        raise RequestError(f"column {target!r} is the target and cannot be dropped")
    if not 0 <= test_fraction < 1:
        raise RequestError(f"--test-fraction {test_fraction} is impossible: expected a share from 0 up to below 1")


def test_opener(
    name: str, test: pd.DataFrame | None, columns: Sequence[Column], code: TargetCode
) -> Callable[[], Batch]:
    """What opens the test rows of a table. Raises `DataError` where they do not fit the training rows."""
    if test is not None:
        _check_rows(test, columns, code.name, "test")
    return partial(_held_out, test, columns, code, name)


def _doubt(column: str) -> str:
    return (
        f"column {column!r} is different in every row, as an identifier is, which says nothing of other rows: leave "
        f"it out with --drop {column} (in Python drop=[{column!r}]), unless it is a measure"
    )


def _tested(table: RawTable, test: pd.DataFrame | None, fraction: float, seed: int) -> str:
    if test is None:
        return "none: nothing was held out"
    return f"{len(test)} rows of their own" if table.test is not None else drawn(len(test), fraction, seed, "rows")


def _split(
    frame: pd.DataFrame, table: RawTable, seed: int, test_fraction: float
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    if table.test is not None or test_fraction == 0:
        return frame, table.test
    train, test = split_rows(frame[table.target], table.kind, seed, test_fraction)
    return frame.iloc[train].reset_index(drop=True), frame.iloc[test].reset_index(drop=True)


def _check_rows(rows: pd.DataFrame, columns: Sequence[Column], target: str, part: str) -> None:
    absent = [name for name in [*(column.name for column in columns), target] if name not in rows.columns]
    if absent:
        raise DataError(
            f"the {part} rows lack columns {absent} that the training rows have: give both the same columns"
        )
    for column in columns:
        wrong = unreadable(rows[column.name], column)
        if len(wrong):
            raise DataError(
                f"column {column.name!r} is {column.kind} in the training rows, and {len(wrong)} of {len(rows)} {part} "
                f"rows hold something else, such as {wrong.iloc[0]!r}: mend them, or leave them empty"
            )
    check_finite(rows[[column.name for column in columns]], f"the {part} rows")
    gaps = int(rows[target].isna().sum())
    if gaps:
        raise DataError(f"target {target!r} is missing in {gaps} of {len(rows)} {part} rows: remove those rows")


def _held_out(test: pd.DataFrame | None, columns: Sequence[Column], code: TargetCode, name: str) -> Batch:
    if test is None:
        raise DataError(f"{name} has no test rows: open it with a --test-fraction above 0")
    return _batch(test, columns, code)


def _batch(frame: pd.DataFrame, columns: Sequence[Column], code: TargetCode) -> Batch:
    targets = code.encode(frame[code.name])
    inputs = torch.from_numpy(encode_frame(frame, columns))
    return Batch(inputs, targets, code.groups.of(targets), torch.ones(len(frame)))
