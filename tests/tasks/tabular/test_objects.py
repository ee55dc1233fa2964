"""Tables from objects: the same data whatever holds them, the same rows held out as from a file, and faults named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import TensorDataset

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.catalogue import open_task
from condenset.tasks.task import Task
from tests.tasks import hub_dataset


def customers(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "age": rng.integers(18, 80, rows),
            "town": rng.choice(["Bath", "York"], rows),
            "spent": rng.normal(100, 20, rows).round(2),
            "returns": np.where(np.arange(rows) % 3 == 0, "yes", "no"),
        }
    )


def same(one: Task, other: Task) -> None:
    """Inputs and targets of training and test data are equal."""
    for mine, theirs in ((one.train.all(), other.train.all()), (one.held_out(), other.held_out())):
        torch.testing.assert_close(mine.inputs, theirs.inputs)
        torch.testing.assert_close(mine.targets, theirs.targets)


def test_a_frame_is_the_table_of_a_file_of_its_rows(tmp_path: Path) -> None:
    frame = customers()
    frame.to_csv(tmp_path / "customers.csv", index=False)
    options: dict[str, Any] = {"target": "returns", "seed": 3, "test_fraction": 0.25, "drop": ["age"]}
    here, there = open_task(frame, **options), open_task(tmp_path / "customers.csv", **options)
    same(here, there)
    assert (len(here.train), len(here.held_out())) == (45, 15)
    assert here.preprocessing["columns"] == there.preprocessing["columns"] and here.target == there.target
    assert here.source == {}, "nothing but the object can open it again"


def test_the_index_of_a_frame_does_not_matter_and_its_values_do() -> None:
    frame = customers()
    moved = frame.set_axis(range(100, 160))
    assert open_task(frame).fingerprint == open_task(moved).fingerprint
    other = frame.assign(age=frame["age"] + 1)
    assert open_task(frame).fingerprint["sha256"] != open_task(other).fingerprint["sha256"]
    listed = frame.assign(tags=[["a"], ["b"]] * 30)
    assert "tags" in open_task(listed, target="returns").preprocessing["dropped"]
    swapped = frame.assign(tags=[["b"], ["a"]] * 30)
    hashes = {open_task(each, target="returns").fingerprint["sha256"] for each in (listed, swapped, frame)}
    assert len(hashes) == 3


def test_the_target_is_the_customary_one_where_none_is_named() -> None:
    assert open_task(customers()).preprocessing["target"]["name"] == "returns", "the last column"
    renamed = customers().rename(columns={"town": "label"})
    assert open_task(renamed).preprocessing["target"]["name"] == "label"


@pytest.mark.parametrize("hold", [np.asarray, torch.from_numpy, lambda values: values.tolist()])
def test_a_pair_of_arrays_tensors_or_lists_holds_the_same_table(hold: Any) -> None:
    rng = np.random.default_rng(1)
    features, targets = rng.normal(size=(40, 3)), np.arange(40) % 2
    task = open_task((hold(features), hold(targets)))
    same(task, open_task(pd.DataFrame(features, columns=["x0", "x1", "x2"]).assign(target=targets), target="target"))
    assert (len(task.train), len(task.held_out()), task.target.kind) == (32, 8, "classification")


def test_columns_of_a_list_have_types_of_their_own() -> None:
    rows = [[index, "york" if index % 3 else "bath"] for index in range(20)]
    columns = open_task((rows, [index % 2 for index in range(20)])).preprocessing["columns"]
    assert [(column["name"], column["kind"]) for column in columns] == [("x0", "integer"), ("x1", "category")]


def test_targets_as_a_series_or_a_frame_of_one_column_keep_their_name() -> None:
    frame = customers()
    for targets in (frame["returns"], frame[["returns"]]):
        task = open_task((frame.drop(columns="returns"), targets))
        assert task.preprocessing["target"]["name"] == "returns"
        same(task, open_task(frame, target="returns"))


def test_a_torch_dataset_of_vectors_is_a_table() -> None:
    features, targets = torch.arange(60.0).reshape(20, 3).sin(), torch.arange(20) % 2
    same(open_task(TensorDataset(features, targets)), open_task((features, targets)))
    numbers = open_task(TensorDataset(features, features.sum(1)))
    assert numbers.target.kind == "regression"


def test_a_dataset_of_the_hub_says_its_target_and_names_its_classes() -> None:
    frame = customers()
    codes = (frame["returns"] == "yes").astype(int)
    features = {name: hub_dataset.Value() for name in frame} | {"returns": hub_dataset.ClassLabel(["no", "yes"])}
    columns = frame.assign(returns=codes)[["returns", "age", "town", "spent"]].to_dict("list")
    same(
        open_task(hub_dataset.Dataset(columns, features)),
        open_task(frame[["returns", "age", "town", "spent"]], target="returns"),
    )
    aged = open_task(hub_dataset.Dataset(columns, features), target="age")
    assert aged.target.kind == "regression" and aged.preprocessing["columns"][0]["levels"] == ["no", "yes"]


def test_a_pair_of_tables_is_for_training_and_testing() -> None:
    train, test = customers(60), customers(20)
    task = open_task((train, test), target="returns")
    assert (len(task.train), len(task.held_out())) == (60, 20)
    same(task, open_task({"train": train, "test": test}, target="returns"))
    pairs = tuple((part[["age"]], part["returns"]) for part in (train, test))
    arrays = open_task(pairs)
    assert (len(arrays.train), len(arrays.held_out())) == (60, 20)
    assert arrays.held_out().targets.tolist() == task.held_out().targets.tolist()


@pytest.mark.parametrize(
    ("thing", "options", "kind", "message"),
    [
        (customers(), {"target": "retruns"}, UnknownNameError, "target column 'retruns': did you mean 'returns'"),
        (customers(), {"drop": ["towm"]}, UnknownNameError, "column to drop 'towm': did you mean 'town'"),
        ((np.zeros((4, 2)), [0, 1, 0, 1]), {"target": "y"}, RequestError, r"\(X, y\) says the target already"),
        ((np.zeros((4, 2)), [0, 1]), {}, DataError, "one target for each row"),
        (customers(0), {}, DataError, "table has 0 rows and 4 columns"),
        (customers().set_axis(["a", "a", "b", "c"], axis=1), {}, DataError, "'a' occur more than once"),
        (
            (customers(), customers()[["age", "town"]]),
            {"target": "returns"},
            DataError,
            "the test rows lack columns",
        ),
        (customers(), {"test_fraction": 1.5}, RequestError, "test-fraction 1.5 is impossible"),
    ],
)
def test_unusable_objects(thing: Any, options: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        open_task(thing, **options)


@pytest.mark.parametrize(
    "thing",
    [
        pd.DataFrame({"x": [1.0, 2.0, 3.0], "label": ["a", "b", "c"]}),
        (np.eye(3), np.array([0, 1, 2])),
        (np.eye(3), ["a", "b", "c"]),
    ],
)
def test_one_row_per_class_cannot_be_trained_and_tested_on(thing: Any) -> None:
    with pytest.raises(
        DataError, match="has one row only, which cannot be both trained and tested on: remove it, merge"
    ):
        open_task(thing)
