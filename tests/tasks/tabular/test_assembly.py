"""From raw tables to tasks: what is fitted on training rows alone, and the requests that are refused."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.tabular.assembly import assemble
from condenset.tasks.tabular.raw import RawTable
from condenset.tasks.task import Task


def rows(count: int = 100, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"n": rng.normal(size=count), "c": rng.choice(["x", "y"], count), "label": np.arange(count) % 4 == 0}
    )


def task(
    frame: pd.DataFrame, seed: int = 0, fraction: float = 0.2, drop: tuple[str, ...] = (), **fields: object
) -> Task:
    return assemble(RawTable("t", frame, str(fields.pop("target", "label")), "00", **fields), seed, fraction, drop, {})


def test_the_split_is_stratified_and_follows_the_seed() -> None:
    first, again, other = task(rows()), task(rows()), task(rows(), seed=1)
    assert first.train.counts().tolist() == [60, 20]
    assert torch.bincount(first.held_out().targets).tolist() == [15, 5]
    assert torch.equal(first.train.batch.inputs, again.train.batch.inputs)
    assert not torch.equal(first.train.batch.inputs, other.train.batch.inputs)


def test_only_training_rows_set_the_scale() -> None:
    test = rows(20, 1).assign(n=1000.0)
    opened = task(rows(), test=test)
    raw = rows()["n"].to_numpy()
    z = opened.train.batch.inputs[:, 0].numpy()
    np.testing.assert_allclose(z, (raw - raw.mean()) / raw.std(), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(opened.held_out().inputs[:, 0], (1000 - raw.mean()) / raw.std(), rtol=1e-5)


def test_preprocessing_is_json_and_records_what_was_left_out() -> None:
    frame = rows().assign(empty=np.nan, secret=1)
    opened = task(frame, drop=("secret",))
    record = json.loads(json.dumps(opened.preprocessing))
    assert record["kind"] == "table" and [c["name"] for c in record["columns"]] == ["n", "c"]
    assert record["dropped"] == {"empty": "every value is missing", "secret": "left out on request"}
    assert record["target"]["classes"] == ["False", "True"]
    assert opened.fingerprint == {"rows": 80, "sha256": "00"}
    assert opened.input_spec.shape == (3,) and opened.modality.name == "tabular"


def test_without_a_test_share_every_row_is_for_training() -> None:
    opened = task(rows(), fraction=0.0)
    assert len(opened.train) == 100
    with pytest.raises(DataError, match="no test rows"):
        opened.held_out()


@pytest.mark.parametrize(
    ("fields", "kind", "message"),
    [
        ({"target": "lable"}, UnknownNameError, "did you mean 'label'"),
        ({"drop": ("m",)}, UnknownNameError, "unknown column to drop 'm'"),
        ({"drop": ("label",)}, RequestError, "cannot be dropped"),
        ({"fraction": 1.0}, RequestError, "test-fraction 1.0"),
        ({"fraction": 0.01}, DataError, "100 rows cannot be split"),
        ({"test": rows().drop(columns="c")}, DataError, r"lack columns \['c'\]"),
        ({"test": rows().assign(n=np.inf)}, DataError, "infinite values in the test rows"),
        ({"test": rows().assign(label=None)}, DataError, "missing in 100 of 100 test rows"),
    ],
)
def test_requests_that_are_refused(fields: dict, kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        task(rows(), **fields)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (rows().assign(label=1), "constant"),
        (rows().assign(n=np.inf), "infinite values in the rows, column 'n'"),
        (rows().assign(label=["a"] * 99 + ["b"]), "class 'b' of 'label' has one row only"),
        (pd.concat([rows(), rows()[["n"]]], axis=1), "'n' occur more than once"),
        (rows()[["label"]], "no usable feature column"),
    ],
)
def test_data_that_is_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(DataError, match=message):
        task(frame)


def test_text_among_the_numbers_of_the_test_rows_is_no_gap() -> None:
    train = pd.DataFrame({"n": np.arange(8.0), "d": [f"2024-01-0{i + 1}" for i in range(8)], "y": [0, 1] * 4})
    for column, wrong in (("n", "n/k"), ("d", "soon")):
        test = train.astype({"n": object})
        test.loc[2, column] = wrong
        with pytest.raises(DataError, match=f"column '{column}' is .* 1 of 8 test rows hold something else.*'{wrong}'"):
            assemble(RawTable("t", train, "y", "", test), 0, 0.0, (), {})
    test.loc[2, column] = None
    assert len(assemble(RawTable("t", train, "y", "", test), 0, 0.0, (), {}).held_out()) == 8
