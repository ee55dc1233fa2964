"""Tables on disk: the task that the same Parquet files make in memory."""

from __future__ import annotations

import pickle
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.core.rng import Rng
from condenset.tasks.catalogue import open_task
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.streamed import StreamedView
from condenset.tasks.tabular import streaming
from condenset.tasks.task import Task


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(streaming, "_PART", 37)


def rows(count: int = 300) -> pd.DataFrame:
    """Every kind of column, with gaps that some parts do not have."""
    random = np.random.default_rng(0)
    number = random.normal(3, 5, count)
    days = pd.date_range("2020-01-01", periods=count)
    return pd.DataFrame(
        {
            "number": np.where(np.arange(count) > 250, np.nan, number),
            "whole": random.integers(0, 50, count),
            "gaps": pd.Series(random.integers(0, 9, count), dtype="Int64").where(np.arange(count) % 140 != 7),
            "text": pd.Series(random.choice(["x", "y", "zz"], count)).where(np.arange(count) != 260),
            "flag": random.choice([True, False], count),
            "day": days,
            "written": days.strftime("%Y-%m-%d"),
            "id": [f"row {i}" for i in range(count)],
            "empty": [None] * count,
            "part": pd.Categorical(random.choice(["p", "q"], count)),
            "target": np.where(number > 3, "high", "low"),
        }
    )


def shards(folder: Path, frame: pd.DataFrame, prefix: str = "part") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, part in enumerate(np.array_split(np.arange(len(frame)), 3)):
        frame.iloc[part].to_parquet(folder / f"{prefix}-{number}.parquet")
    return folder


def both(path: Path, **options: object) -> tuple[Task, Task]:
    """In memory, and on disk."""
    return open_task(path, **options), open_task(path, memory_limit=0, **options)


def assert_same(memory: Task, disk: Task) -> None:
    assert isinstance(memory.train, InMemoryView) and isinstance(disk.train, StreamedView)
    assert disk.fingerprint == memory.fingerprint
    assert (disk.name, disk.input_spec.shape, disk.target) == (memory.name, memory.input_spec.shape, memory.target)
    assert disk.preprocessing["target"] == memory.preprocessing["target"]
    assert disk.preprocessing["dropped"] == memory.preprocessing["dropped"]
    for one, other in zip(disk.preprocessing["columns"], memory.preprocessing["columns"], strict=True):
        scales = [column.get("scale", {}) for column in (one, other)]
        assert scales[0] == pytest.approx(scales[1], rel=1e-9)
        assert {**one, "scale": 0} == {**other, "scale": 0}
    assert disk.train.counts().tolist() == memory.train.counts().tolist()
    assert disk.train.scale() == pytest.approx(memory.train.scale(), rel=1e-5)
    for one, other in ((disk.train.all(), memory.train.all()), (disk.held_out(), memory.held_out())):
        torch.testing.assert_close(one.inputs, other.inputs, rtol=1e-5, atol=1e-5)
        torch.testing.assert_close(one.targets, other.targets)
        assert torch.equal(one.groups, other.groups)


@pytest.mark.parametrize("options", [{}, {"seed": 2, "test_fraction": 0.5}, {"drop": ["day", "text"]}])
def test_the_task_is_the_one_in_memory(tmp_path: Path, options: dict[str, object]) -> None:
    assert_same(*both(shards(tmp_path / "set", rows()), **options))


def test_a_number_to_predict(tmp_path: Path) -> None:
    assert_same(*both(shards(tmp_path / "set", rows().drop(columns="target")), target="whole"))
    assert_same(*both(shards(tmp_path / "set", rows().drop(columns="target")), target="whole", kind="classification"))


def test_a_single_file_and_a_split_of_its_own(tmp_path: Path) -> None:
    rows().to_parquet(tmp_path / "one.parquet", row_group_size=50)
    assert_same(*both(tmp_path / "one.parquet"))
    folder = shards(tmp_path / "set", rows(), "train")
    rows(40).to_parquet(folder / "test-0.parquet")
    memory, disk = both(folder)
    assert_same(memory, disk)
    assert len(disk.train) == 300 and len(disk.held_out()) == 40


def test_it_is_read_once_until_a_file_or_the_request_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = shards(tmp_path, rows())
    first = open_task(path, memory_limit=0)

    def refuse(*_: object) -> None:
        raise AssertionError("read again")

    monkeypatch.setattr(streaming, "parquet_frames", refuse)
    again = open_task(path, memory_limit=0)
    assert again.preprocessing == first.preprocessing and again.fingerprint == first.fingerprint
    assert again.target == first.target
    with pytest.raises(AssertionError, match="read again"):
        open_task(path, memory_limit=0, target="flag")


def test_workers_get_it_without_its_data(tmp_path: Path) -> None:
    task = open_task(shards(tmp_path, rows()), memory_limit=0)
    sent = pickle.dumps(task)
    assert len(sent) < 20_000
    assert torch.equal(pickle.loads(sent).train.sample(3, Rng(0)).inputs, task.train.sample(3, Rng(0)).inputs)
    assert torch.equal(pickle.loads(sent).held_out().inputs, task.held_out().inputs)


def test_the_limit_decides(tmp_path: Path) -> None:
    path = shards(tmp_path, rows())
    assert isinstance(open_task(path, memory_limit=300 * 11 * 8).train, InMemoryView)
    assert isinstance(open_task(path, memory_limit=300 * 11 * 8 - 1).train, StreamedView)


@pytest.mark.parametrize("limit", [None, 0])
def test_broken_and_unlike_shards_are_named_or_left_out(tmp_path: Path, limit: int | None) -> None:
    path = shards(tmp_path, rows())
    rows(30).rename(columns={"whole": "hole"}).to_parquet(path / "part-3.parquet")
    with pytest.raises(DataError, match=r"part-3\.parquet has columns .*'hole'"):
        open_task(path, memory_limit=limit)
    (path / "part-3.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match=r"part-3\.parquet cannot be read as Parquet"):
        open_task(path, memory_limit=limit)
    content = bytearray((path / "part-1.parquet").read_bytes())
    content[4:2000] = bytes(1996)  # its footer is whole
    (path / "part-1.parquet").write_bytes(content)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        task = open_task(path, memory_limit=limit, skip_unreadable=True, test_fraction=0.1)
    assert len(task.train) + len(task.held_out()) == 200
    messages = "\n".join(str(warning.message) for warning in told)
    assert "part-1.parquet" in messages and "part-3.parquet" in messages


def test_requests_that_are_refused_as_in_memory(tmp_path: Path) -> None:
    path = shards(tmp_path, rows())
    for limit in (None, 0):
        with pytest.raises(UnknownNameError, match="did you mean 'whole'"):
            open_task(path, memory_limit=limit, target="wholes")
        with pytest.raises(RequestError, match=r"test-fraction 2\.0"):
            open_task(path, memory_limit=limit, test_fraction=2.0)
        with pytest.raises(DataError, match="has no test rows"):
            open_task(path, memory_limit=limit, test_fraction=0.0).held_out()
    shards(tmp_path / "inf", rows().assign(number=np.inf))
    for limit in (None, 0):
        with pytest.raises(DataError, match="infinite values in the rows, column 'number'"):
            open_task(tmp_path / "inf", memory_limit=limit)
