"""Opening tables by name and by path."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.datasets import load_wine

from condenset.core.errors import DataError, UnknownNameError
from condenset.tasks.tabular import MODALITY, open_table
from condenset.tasks.tabular.loading import recognise


def test_a_csv_of_ones_own(tmp_path: Path) -> None:
    frame = pd.DataFrame({"y": ["a", "b"] * 20, "n": np.arange(40.0), "z": np.arange(40) % 3})
    frame.to_csv(tmp_path / "own.csv", index=False)
    task = open_table(tmp_path / "own.csv")
    assert (task.name, task.target.classes, len(task.train)) == ("own", ("a", "b"), 32)
    assert open_table(tmp_path / "own.csv", target="z").target.classes == ("0", "1", "2")
    assert open_table(tmp_path / "own.csv", target="z", kind="regression").target.kind == "regression"
    assert open_table(tmp_path / "own.csv", drop=["n"]).input_spec.shape == (1,)


def test_the_last_column_is_the_target_where_none_has_a_customary_name(tmp_path: Path) -> None:
    pd.DataFrame({"n": np.arange(40.0), "grade": ["a", "b"] * 20}).to_csv(tmp_path / "own.csv", index=False)
    assert open_table(tmp_path / "own.csv").preprocessing["target"]["name"] == "grade"


def test_the_source_opens_the_same_task(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": np.arange(40.0), "y": ["a", "b"] * 20})
    frame[:30].to_csv(tmp_path / "own.csv", index=False)
    frame[30:].to_parquet(tmp_path / "test.parquet")
    for task in (
        open_table(tmp_path / "own.csv", seed=3, test_fraction=0.3),
        open_table(tmp_path / "own.csv", test_path=tmp_path / "test.parquet"),
    ):
        again = MODALITY.open(**json.loads(json.dumps(task.source)))
        assert torch.equal(again.train.batch.inputs, task.train.batch.inputs)
        assert torch.equal(again.held_out().inputs, task.held_out().inputs)
        assert again.fingerprint == task.fingerprint
    assert len(task.train) == 30 and len(task.held_out()) == 10


def test_unknown_names_and_absent_files() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'adult'"):
        open_table("adlut")
    with pytest.raises(DataError, match="no file"):
        open_table("nowhere/own.csv")


def test_wine_as_a_file_without_header(tmp_path: Path) -> None:
    wine = load_wine()
    path = tmp_path / "wine.csv"
    pd.DataFrame(wine.data).assign(kind=wine.target + 3).to_csv(path, header=False, index=False)
    assert open_table(path).target.classes == ("3", "4", "5")
    assert open_table(path, target="column_14", kind="regression").target.kind == "regression"


def test_recognised_paths(tmp_path: Path) -> None:
    frame = pd.DataFrame({"n": [1, 2], "text": ["a", "b"]})
    frame.to_csv(tmp_path / "t.csv")
    frame.to_parquet(tmp_path / "plain.parquet")
    frame.assign(img=[{"bytes": b"1"}, {"bytes": b"2"}]).to_parquet(tmp_path / "images.parquet")
    (tmp_path / "broken.parquet").write_bytes(b"no parquet")
    (tmp_path / "t.npz").write_bytes(b"x")
    names = ("t.csv", "plain.parquet", "images.parquet", "broken.parquet", "t.npz", "absent.csv")
    assert [recognise(tmp_path / name) for name in names] == [True, True, False, False, False, False]
    assert not recognise(tmp_path / "images.parquet")
    (tmp_path / "folder").mkdir()
    assert not recognise(tmp_path / "folder")
    frame.to_parquet(tmp_path / "folder" / "0.parquet")
    assert recognise(tmp_path / "folder")
