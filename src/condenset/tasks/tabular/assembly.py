"""From a raw table to a task: split, columns, target, matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Int
from sklearn.model_selection import train_test_split

from condenset.core.batch import Batch
from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.footprint import footprint, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.tabular.columns import Column, encode_frame, matrix_width, to_fields
from condenset.tasks.tabular.inference import infer_columns
from condenset.tasks.tabular.reading import RawTable, check_finite, check_names
from condenset.tasks.tabular.targets import TargetCode, code_target, strata
from condenset.tasks.task import MODALITIES, Task
from condenset.tasks.view import View


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
    features = train.drop(columns=[table.target, *drop])
    columns, dropped = infer_columns(features)
    code = code_target(train[table.target], table.kind)
    dropped |= dict.fromkeys(drop, "left out on request")
    view = InMemoryView(_batch(train, columns, code), len(code.groups))
    fingerprint = {"rows": len(train), "sha256": table.sha256}
    opener, files = test_opener(table.name, test, columns, code), share(table.files, len(train), len(frame))
    return describe(table.name, columns, code, dropped, view, opener, fingerprint, source, files)


def describe(
    name: str,
    columns: Sequence[Column],
    code: TargetCode,
    dropped: dict[str, str],
    train: View,
    held_out: Callable[[], Batch],
    fingerprint: dict[str, Any],
    source: dict[str, Any],
    files: int | None,
) -> Task:
    """The task of a table whose columns are known. Args: files, bytes of those that hold the training rows."""
    row = sum(column.nbytes for column in columns) + code.nbytes
    return Task(
        name=name,
        modality=MODALITIES.get("tabular"),
        input_spec=Leaf((matrix_width(columns),)),
        target=code.counted(train.counts()),
        groups=code.groups,
        train=train,
        held_out=held_out,
        preprocessing={
            "kind": "table", "columns": to_fields(columns), "target": code.record(), "dropped": dropped,
        },
        fingerprint=fingerprint,
        source=source,
        footprint=footprint(files, len(train), row),
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


def split_rows(
    targets: pd.Series, kind: str | None, seed: int, test_fraction: float
) -> tuple[Int[np.ndarray, " train"], Int[np.ndarray, " test"]]:
    """Training and test rows, each in order, stratified by class or by bin.

    Raises `DataError` where there are too few rows.
    """
    groups = strata(targets, code_target(targets, kind))
    state = Rng(seed).child("split").integer() % 2**32
    try:
        train, test = train_test_split(
            np.arange(len(targets)), test_size=test_fraction, stratify=groups, random_state=state
        )
    except ValueError as error:
        advice = "use more rows, another --test-fraction, or test rows of your own"
        raise DataError(f"{len(targets)} rows cannot be split: {error}; {advice}") from error
    return np.sort(train), np.sort(test)


def test_opener(
    name: str, test: pd.DataFrame | None, columns: Sequence[Column], code: TargetCode
) -> Callable[[], Batch]:
    """What opens the test rows of a table. Raises `DataError` where they do not fit the training rows."""
    if test is not None:
        _check_test(test, columns, code.name)
    return partial(_held_out, test, columns, code, name)


def _split(
    frame: pd.DataFrame, table: RawTable, seed: int, test_fraction: float
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    if table.test is not None or test_fraction == 0:
        return frame, table.test
    train, test = split_rows(frame[table.target], table.kind, seed, test_fraction)
    return frame.iloc[train].reset_index(drop=True), frame.iloc[test].reset_index(drop=True)


def _check_test(test: pd.DataFrame, columns: Sequence[Column], target: str) -> None:
    absent = [name for name in [*(column.name for column in columns), target] if name not in test.columns]
    if absent:
        raise DataError(f"the test rows lack columns {absent} that the training rows have: give both the same columns")
    check_finite(test[[column.name for column in columns]], "the test rows")
    gaps = int(test[target].isna().sum())
    if gaps:
        raise DataError(f"target {target!r} is missing in {gaps} of {len(test)} test rows: remove those rows")


def _held_out(test: pd.DataFrame | None, columns: Sequence[Column], code: TargetCode, name: str) -> Batch:
    if test is None:
        raise DataError(f"{name} has no test rows: open it with a --test-fraction above 0")
    return _batch(test, columns, code)


def _batch(frame: pd.DataFrame, columns: Sequence[Column], code: TargetCode) -> Batch:
    targets = code.encode(frame[code.name])
    inputs = torch.from_numpy(encode_frame(frame, columns))
    return Batch(inputs, targets, code.groups.of(targets), torch.ones(len(frame)))
