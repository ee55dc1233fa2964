"""What is said of data when they are opened, over the kinds of data."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from condenset.core.errors import RequestError
from condenset.tasks.catalogue import open_task
from condenset.tasks.recognised import NO_VALIDATION, Recognised
from condenset.tasks.task import Task
from tests.conformance import examples
from tests.tasks.pictures.pictures import class_folders, noise


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))


def frame(rows: int = 60, **more: Any) -> pd.DataFrame:
    """Numbers and towns, and whether somebody stayed."""
    random = np.random.default_rng(0)
    columns = {"spent": random.normal(size=rows), "age": random.integers(18, 30, rows)}
    return pd.DataFrame(
        {**columns, "town": random.choice(["Bonn", "Köln"], rows), **more, "stayed": np.arange(rows) % 2}
    )


def opened(folder: Path, table: pd.DataFrame, **options: Any) -> Task:
    table.to_csv(folder / "own.csv", index=False)
    return open_task(folder / "own.csv", **options)


@pytest.mark.parametrize("kind", examples.MAKERS)
def test_every_kind_of_data_says_what_it_read(kind: str) -> None:
    found = examples.task(kind).recognised
    assert found.target and found.test and found.validation
    assert "target: " in str(found) and json.loads(json.dumps(found.record()))["target"] == found.target


@pytest.mark.parametrize(
    ("name", "asked", "said"),
    [
        ("stayed", None, "stayed, the last column, since none was named and none is called target, label, class, y: "),
        ("label", None, "label, for its name, since none was named: "),
        ("stayed", "stayed", "stayed, as asked: 2 classes: 0, 1"),
    ],
)
def test_the_target_and_why(tmp_path: Path, name: str, asked: str | None, said: str) -> None:
    task = opened(tmp_path, frame().rename(columns={"stayed": name}), target=asked)
    assert task.recognised.target.startswith(said)
    assert open_task(frame().rename(columns={"stayed": name}), target=asked).recognised.target == task.recognised.target


def test_the_target_of_a_known_table_and_another_one() -> None:
    assert open_task("wine").recognised.target.startswith("target, as is the custom with these data: 3 classes")
    assert open_task("wine", target="alcohol").recognised.target.startswith("alcohol, as asked: the number 'alcohol'")


def test_columns_dropped_ones_and_the_split(tmp_path: Path) -> None:
    task = opened(tmp_path, frame(empty=np.nan, code=1), drop=["code"], seed=3)
    found = task.recognised
    assert found.columns == {"spent": "numeric", "age": "integer", "town": "category"}
    assert found.dropped == {"empty": "every value is missing", "code": "left out on request"}
    assert found.test == "12 rows, 20% of the data, drawn with seed 3"
    assert found.validation == NO_VALIDATION
    assert "columns: 1 numeric (spent), 1 integer (age), 1 category (town)" in str(found)
    assert opened(tmp_path, frame(), test_fraction=0.0).recognised.test == "none: nothing was held out"
    frame(9).to_csv(tmp_path / "test.csv", index=False)
    assert opened(tmp_path, frame(), test_path=tmp_path / "test.csv").recognised.test == "9 rows of their own"


@pytest.mark.parametrize("values", [np.arange(60) + 7, np.arange(60)[::-1] * 3, [f"c{number}" for number in range(60)]])
def test_an_identifier_is_warned_about(tmp_path: Path, values: Any) -> None:
    with pytest.warns(
        UserWarning, match=r"column 'who' is different in every row.*--drop who \(in Python drop=\['who'\]"
    ):
        task = opened(tmp_path, frame(who=values))
    assert len(task.recognised.doubts) == 1 and "who" in task.recognised.columns


@pytest.mark.parametrize("values", [np.arange(60) // 2, np.arange(60) / 7, np.arange(60) * 1.0, ["a", "b"] * 30])
def test_other_columns_are_no_identifiers(tmp_path: Path, values: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert open_task(frame(who=values)).recognised.doubts == ()


@pytest.mark.parametrize("ordered", [True, False])
def test_an_identifier_in_a_stream_is_seen_where_its_parts_do_not_overlap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ordered: bool
) -> None:
    monkeypatch.setattr("condenset.tasks.tabular.streaming._PART", 13)
    numbers = np.arange(60) if ordered else np.arange(60) * 7 % 60
    frame(who=numbers).to_parquet(tmp_path / "own.parquet")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        task = open_task(tmp_path / "own.parquet", memory_limit=0)
    assert len(task.recognised.doubts) == ordered
    assert task.recognised.test == "12 rows, 20% of the data, drawn with seed 0"


def test_pictures_that_were_brought_to_another_size(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "photos", {"a": 5, "b": 5}, side=90)
    for options in ({}, {"memory_limit": 0}):
        found = open_task(folder, **options).recognised
        assert found.inputs == "colour pictures of 32 × 32 pixels, brought there from 90 × 90 (the first one)"
        assert (found.target, found.test) == ("2 classes: a, b", "2 images, 20% of the data, drawn with seed 0")


def test_medmnist_arrays_are_opened_with_their_splits(tmp_path: Path) -> None:
    arrays: dict[str, Any] = {}
    for split, count in (("train", 12), ("val", 4), ("test", 6)):
        arrays[f"{split}_images"] = np.stack([noise(28, 28, 3, seed=number) for number in range(count)])
        arrays[f"{split}_labels"] = (np.arange(count) % 2)[:, None].astype(np.uint8)
    np.savez(tmp_path / "pathmnist.npz", **arrays)
    task = open_task(tmp_path / "pathmnist.npz")
    assert (task.modality.name, len(task.train), len(task.held_out())) == ("image", 12, 6)
    assert task.validation is not None and task.validation.targets.tolist() == [0, 1, 0, 1]
    assert task.with_validation().train is task.train
    found = task.recognised
    assert (found.test, found.validation) == ("a split of their own", "4 images, a split of their own")
    assert found.inputs == "colour pictures of 28 × 28 pixels"
    assert task.footprint.example == 28 * 28 * 3 + 1


def test_rows_in_arrays_are_a_table(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    rows = {split: random.normal(size=(count, 4)) for split, count in (("train", 30), ("val", 5), ("test", 8))}
    np.savez(tmp_path / "rows.npz", **{f"X_{split}": part for split, part in rows.items()},
             **{f"y_{split}": np.arange(len(part)) % 3 for split, part in rows.items()})  # fmt: skip
    task = open_task(tmp_path / "rows.npz")
    assert (task.modality.name, task.name, len(task.train), len(task.held_out())) == ("tabular", "rows", 30, 8)
    assert task.target.kind == "classification" and task.validation is not None and len(task.validation) == 5
    assert task.recognised.target == "target, given beside the features: 3 classes: 0, 1, 2"
    assert (task.recognised.test, task.recognised.validation) == ("8 rows of their own", "5 rows of their own")
    again = open_task(**task.source)
    assert again.fingerprint == task.fingerprint
    with pytest.raises(RequestError, match="says the target already"):
        open_task(tmp_path / "rows.npz", target="x0")


def test_long_lines_are_cut() -> None:
    lines = str(Recognised(target="a " * 300, columns={f"c{number}": "numeric" for number in range(50)})).split("\n")
    assert len(lines[0]) < 220 and lines[0].endswith(" ...")
    assert lines[1] == "  columns: 50 numeric (c0, c1, c2, c3, ...)"
