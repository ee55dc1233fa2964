"""From a raw table to a task: columns, their rules, rows as a matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import torch

from condenset.core.batch import Inputs
from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.core.spec import Leaf
from condenset.tasks.columns.column import Column, encode_frame, layout, matrix_width, to_fields, unreadable
from condenset.tasks.columns.inference import Chosen, infer_columns
from condenset.tasks.columns.rule_finding import find_rules
from condenset.tasks.columns.rules import Rules
from condenset.tasks.labelled.assembly import Asked, LabelledData, Reading, labelled_task
from condenset.tasks.labelled.target_code import TargetCode
from condenset.tasks.reading.table_file import check_finite, check_names
from condenset.tasks.tabular.raw import RawTable
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Rows:
    """Rows (n,) of a table, and which column is their label."""

    frame: pd.DataFrame
    target: str

    @property
    def labels(self) -> pd.Series:
        """Their labels."""
        return self.frame[self.target]

    def __len__(self) -> int:
        return len(self.frame)

    def at(self, index: Any) -> Rows:
        """Those at these places (chosen,)."""
        return Rows(self.frame.iloc[index].reset_index(drop=True), self.target)


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
    test, validation = (None if rows is None else Rows(rows, table.target) for rows in (table.test, table.validation))
    train = Rows(frame, table.target)
    data = LabelledData(table.name, train, table.sha256, test, validation, table.files, table.why)
    return labelled_task("tabular", data, partial(_read, drop=drop), Asked(seed, test_fraction, source), table.kind)


def _read(data: LabelledData, code: TargetCode, drop: Sequence[str]) -> Reading:
    train: pd.DataFrame = data.train.frame
    chosen = infer_columns(train.drop(columns=[code.name, *drop])).without(drop)
    for part, name in ((data.test, "test"), (data.validation, "validation")):
        if part is not None:
            check_rows(part.frame, chosen.columns, code.name, name)
    return reading_of(chosen, code, find_rules(train, chosen.columns))


def reading_of(chosen: Chosen, code: TargetCode, rules: Rules) -> Reading:
    """How rows of known columns become inputs, with a doubt for each column that seems to be an identifier."""
    columns = chosen.columns
    return Reading(
        spec=Leaf((matrix_width(columns),)),
        inputs=partial(_inputs, columns=columns),
        nbytes=sum(column.nbytes for column in columns),
        told=str(rules),
        columns={column.name: column.kind for column in columns},
        dropped=chosen.dropped,
        doubts=tuple(map(_doubt, chosen.identifiers)),
        preprocessing={
            "kind": "table", "columns": to_fields(columns), "target": code.record(), "dropped": chosen.dropped,
        },
        constraints=rules.record(),
        resources={"columns": layout(columns)},
    )  # fmt: skip


def _inputs(part: Rows, columns: Sequence[Column]) -> Inputs:
    return torch.from_numpy(encode_frame(part.frame, columns))


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


def check_rows(rows: pd.DataFrame, columns: Sequence[Column], target: str, part: str) -> None:
    """Raises `DataError` where rows do not fit the training rows. Args: part, what messages call them."""
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


def _doubt(column: str) -> str:
    return (
        f"column {column!r} is different in every row, as an identifier is, which says nothing of other rows: leave "
        f"it out with --drop {column} (in Python drop=[{column!r}]), unless it is a measure"
    )
