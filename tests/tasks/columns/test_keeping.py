"""Rows that are sensible together: what holds between the columns holds whatever is stored."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.codecs.table_row import TableRow
from condenset.tasks.columns.column import encode_frame, from_fields, legal
from condenset.tasks.columns.keeping import decode_rows, settled, steps_of
from condenset.tasks.columns.rules import Rules, rules_from
from condenset.tasks.tabular.loading import table_from_arrays
from tests.tasks.columns import dependent

TASK = dependent.task()
COLUMNS = from_fields(TASK.preprocessing["columns"])
RULES = rules_from(TASK.constraints, COLUMNS)


@pytest.mark.parametrize("seed", range(5))
def test_no_row_contradicts_and_without_rules_nine_in_ten_do(seed: int) -> None:
    data = dependent.stored(TASK, seed=seed)
    rows = TableRow(data, COLUMNS, RULES).to_frame()
    assert dependent.contradicting(rows).sum() == 0
    assert dependent.contradicting(TableRow(data, COLUMNS).to_frame()).mean() > 0.9
    assert legal(rows, COLUMNS).all() and rows["school"].nunique() == 12 and rows["role"].nunique() == 3


def test_networks_see_the_rows_that_are_written() -> None:
    codec = TableRow(dependent.stored(TASK), COLUMNS, RULES)
    seen = codec().detach()
    torch.testing.assert_close(seen, torch.from_numpy(encode_frame(codec.to_frame(), COLUMNS)), atol=1e-5, rtol=1e-5)
    assert torch.equal(codec(torch.tensor([3, 7])).detach(), seen[[3, 7]])


def test_rows_of_other_codecs_keep_the_rules_when_they_are_written() -> None:
    rows = decode_rows(dependent.stored(TASK).numpy(), COLUMNS, RULES)
    assert dependent.contradicting(rows).sum() == 0


def test_real_rows_stay_as_they_are() -> None:
    frame, _ = dependent.table()
    codec = TableRow.encode(TASK.train.batch.inputs, TASK)
    assert codec.rules == RULES != Rules()
    exact = [name for name in frame if name != "income"]
    pd.testing.assert_frame_equal(codec.to_frame()[exact], frame[exact], check_dtype=False)


def test_without_rules_every_choice_is_its_own() -> None:
    data = dependent.stored(TASK)
    hard, soft = settled(data, steps_of(COLUMNS, Rules()))
    place = 0
    for column in COLUMNS:
        own, place = slice(place, place + column.width), place + column.width
        if column.kind == "category":
            assert torch.equal(hard[:, own].argmax(1), data[:, own].argmax(1))
            torch.testing.assert_close(soft[:, own], data[:, own].softmax(1))


def test_what_follows_is_learnt_through_what_decides() -> None:
    """The gradient of the years reaches the logits of the school, and not what is stored of the years themselves."""
    codec = TableRow(dependent.stored(TASK, rows=4), COLUMNS, RULES)
    names = [column.name for column in COLUMNS]
    at = dict(zip(names, np.cumsum([0, *(column.width for column in COLUMNS)]), strict=False))
    codec()[:, at["years"]].sum().backward()
    gradient = codec.data.grad
    school = slice(at["school"], at["school"] + 12)
    assert gradient[:, school].abs().max() > 0
    assert gradient[:, at["years"]].abs().max() == 0


def test_a_number_that_never_occurred_decides_nothing() -> None:
    frame, target = dependent.table()
    kept = (frame["age"] != 33).to_numpy()
    task = table_from_arrays(frame[kept].reset_index(drop=True), target[kept])
    columns = from_fields(task.preprocessing["columns"])
    age = next(column for column in columns if column.name == "age")
    data = dependent.stored(task, rows=60)
    place = sum(column.width for column in columns[: [c.name for c in columns].index("age")])
    data[:, place] = (33 - age.scale.mean) / age.scale.std  # type: ignore[union-attr]
    rows = TableRow(data, columns, rules_from(task.constraints, columns)).to_frame()
    assert (rows["age"] == 33).all() and rows["stage"].nunique() == 3
