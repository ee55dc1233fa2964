"""What data take as their owner has them, over the kinds of data: files, and what an example costs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from condenset.tasks.catalogue import open_task
from condenset.tasks.footprint import Footprint, bytes_on_disk, footprint, index_bytes, share
from tests.tasks.pictures.pictures import noise, save


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(
    ("files", "native", "example"), [(1001, 300, 101), (1001, 80, 80), (None, 300, 300), (1000, 100, 100)]
)
def test_an_example_costs_its_share_of_the_files_or_its_own_types(files: int | None, native: int, example: int) -> None:
    assert footprint(files, 10, native) == Footprint(files, example)


def test_a_part_has_its_share() -> None:
    assert (share(1000, 8, 10), share(None, 8, 10)) == (800, None)


@pytest.mark.parametrize(("levels", "size"), [(2, 1), (256, 1), (257, 2), (65536, 2), (65537, 4)])
def test_an_index_takes_the_bytes_that_tell_its_values_apart(levels: int, size: int) -> None:
    assert index_bytes(levels) == size


def photos(folder: Path, kind: str) -> Path:
    """Ten smooth pictures of 40x40 pixels in each of two classes."""
    ramp = np.linspace(0, 200, 40)[:, None, None] + np.zeros((40, 40, 3))
    for name in ("a", "b"):
        for number in range(10):
            save(folder / name / f"{number}.{kind}", (ramp + noise(1, 1, 3, seed=number) / 8).astype(np.uint8))
    return folder


def test_a_photo_costs_its_file_and_the_folder_its_training_part(tmp_path: Path) -> None:
    folder = photos(tmp_path / "photos", "jpg")
    task, whole = open_task(folder), bytes_on_disk(folder.rglob("*.jpg"))
    assert len(task.train) == 16
    assert task.footprint == Footprint(round(whole * 16 / 20), -(-round(whole * 16 / 20) // 16))
    assert task.footprint.example is not None and task.footprint.example < 40 * 40 * 3


def test_a_large_photo_costs_no_more_than_the_pixels_that_are_looked_at(tmp_path: Path) -> None:
    task = open_task(photos(tmp_path / "photos", "jpg"), size=8)
    assert task.footprint.example == 8 * 8 * 3 + 1


def test_pictures_on_disk_have_the_footprint_that_they_have_in_memory(tmp_path: Path) -> None:
    folder = photos(tmp_path / "photos", "png")
    assert open_task(folder, memory_limit=0).footprint == open_task(folder).footprint


def test_pixels_in_arrays_cost_a_byte_each() -> None:
    images = np.stack([noise(8, 8, 1, seed=number) for number in range(20)])
    assert open_task((images, np.arange(20) % 2)).footprint == Footprint(None, 8 * 8 + 1)


@pytest.mark.parametrize("streamed", [False, True])
def test_a_row_costs_what_its_columns_do_and_no_more_than_its_line(tmp_path: Path, streamed: bool) -> None:
    random = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "number": random.normal(size=50),
            "whole": random.integers(0, 9, 50),
            "town": random.choice(["Bonn", "Köln"], 50),
            "day": pd.date_range("2020-01-01", periods=50),
            "y": random.choice(["no", "yes"], 50),
        }
    )
    assert open_task(frame).footprint == Footprint(None, 8 + 8 + 1 + 8 + 1)
    path = tmp_path / ("rows.parquet" if streamed else "rows.csv")
    frame.to_parquet(path) if streamed else frame.to_csv(path, index=False)
    found = open_task(path, memory_limit=0 if streamed else None).footprint if streamed else open_task(path).footprint
    assert found == Footprint(round(path.stat().st_size * 0.8), 26)


def test_a_short_line_costs_less_than_its_types(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    pd.DataFrame({"a": np.arange(100) % 7, "b": np.arange(100) % 5, "y": np.arange(100) % 2}).to_csv(path, index=False)
    assert path.stat().st_size == 100 * len("0,0,0\n") + len("a,b,y\n")
    assert open_task(path).footprint == Footprint(485, 7)


def test_a_user_costs_the_items_that_were_taken(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    pairs = [(user, (user + step) % 12) for user in range(20) for step in range(5)]
    pd.DataFrame(pairs, columns=["user", "item"]).to_csv(path, index=False)
    task = open_task(path)
    assert task.footprint.example == 4 or task.footprint.example == 3
    assert task.footprint.files is not None and task.footprint.files < path.stat().st_size
