"""Tables in objects of a running program: frames of pandas, arrays, datasets of vectors, datasets of Hugging Face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from torch import Tensor

from condenset.tasks import hub, torch_dataset
from condenset.tasks.objects import as_array, axes, is_column, is_frame, is_pair, train_and_test
from condenset.tasks.task import Task


def takes_rows(thing: Any) -> bool:
    """Whether an object is a table with what to predict of its rows, or a pair of such to train and to test on."""
    return train_and_test(thing, _is_table) is not None


def table_from_object(
    thing: Any,
    *,
    target: str | None = None,
    kind: str | None = None,
    name: str = "table",
    seed: int = 0,
    test_fraction: float = 0.2,
    drop: Sequence[str] = (),
) -> Task:
    """The task in an object; its source is empty, since only the object can open it again.

    Args:
        thing: a pandas DataFrame or a Hugging Face Dataset, a row for each example; a pair (X, y) of features (rows,
            columns) and targets (rows,), arrays, tensors or pandas objects; a torch Dataset of (vector, target); or a
            pair (train, test) of one of these.
        target: column to predict, of a frame or a Hugging Face Dataset; None: its only `ClassLabel`, else as of
            `open_table`.
        name: of the task.
        kind, seed, test_fraction, drop: as of `open_table`.

    Raises:
        UnknownNameError: no such column; the message names the nearest.
        DataError: the data cannot be used as they are; the message says what to change.
        RequestError: a target is named where the object says it.
    """
    from condenset.tasks.tabular.arrays import raw_table, test_rows
    from condenset.tasks.tabular.assembly import assemble

    parts = train_and_test(thing, _is_table)
    assert parts is not None
    train, test = (None if part is None else _plain(part) for part in parts)
    if hub.is_hub_dataset(parts[0]):
        target = target or hub.label_column(parts[0])
    table = raw_table(train, target, name, kind)
    if test is not None:
        table = replace(table, test=test_rows(test, table))
    return assemble(table, seed, test_fraction, drop, {})


def _is_table(thing: Any) -> bool:
    if is_frame(thing):
        return True
    if hub.is_hub_dataset(thing):
        return hub.picture_column(thing) is None
    if is_pair(thing):
        return axes(thing[0]) == 2 and is_column(thing[1])
    return axes(torch_dataset.first_input(thing)) == 1


def _plain(thing: Any) -> Any:
    """A frame, or a pair of features (rows, columns) and targets (rows,) that pandas and NumPy know."""
    if is_frame(thing):
        return thing
    if hub.is_hub_dataset(thing):
        return hub.frame_of(thing)
    features, targets = thing if is_pair(thing) else torch_dataset.examples_of(thing)
    return _features(features), targets.squeeze(axis=1) if is_frame(targets) else _array(targets)


def _features(values: Any) -> Any:
    """Of a list a frame, each of whose columns has a type of its own."""
    import pandas as pd

    if not isinstance(values, list):
        return _array(values)
    return pd.DataFrame([_array(row) for row in values]).rename(columns=lambda index: f"x{index}")


def _array(values: Any) -> Any:
    return as_array(values) if isinstance(values, Tensor) else values
