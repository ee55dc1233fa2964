"""Images on disk: the task that the same files make in memory, from every layout, and what broken files do."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch

from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.catalogue import open_task
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.pictures import streaming
from condenset.tasks.streamed import StreamedView
from condenset.tasks.task import Task
from tests.tasks.pictures import test_tar
from tests.tasks.pictures.pictures import class_folders, noise, png


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path_factory.mktemp("cache")))
    monkeypatch.setattr(streaming, "_PART", 7)


def parquet(path: Path, count: int, first: int = 0) -> Path:
    rows = [{"bytes": png(noise(9, 9, 3, seed=first + i) // (1 + i % 3)), "path": ""} for i in range(count)]
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table({"image": rows, "label": [i % 3 for i in range(count)]}), path, row_group_size=5)
    return path


def parquet_shards(folder: Path) -> Path:
    for shard in range(3):
        parquet(folder / f"part-{shard}.parquet", 21, first=21 * shard)
    return folder


def parquet_with_test(folder: Path) -> Path:
    parquet(folder / "test-0.parquet", 9, first=100)
    for shard in range(2):
        parquet(folder / f"train-0000{shard}-of-00002.parquet", 15, first=15 * shard)
    return folder


def folders(folder: Path) -> Path:
    return class_folders(folder, {"cat": 20, "dog": 14, "eel": 3})


def tars(folder: Path) -> Path:
    for shard in range(2):
        test_tar.write(folder / f"{shard:06}.tar", 12, first=12 * shard)
    return folder


def both(path: Path, **options: object) -> tuple[Task, Task]:
    """In memory, and on disk."""
    return open_task(path, **options), open_task(path, memory_limit=0, **options)


@pytest.mark.parametrize("layout", [parquet_shards, parquet_with_test, folders, tars])
def test_the_task_is_the_one_in_memory(tmp_path: Path, layout: Callable[[Path], Path]) -> None:
    memory, disk = both(layout(tmp_path / "set"), seed=3)
    assert isinstance(memory.train, InMemoryView) and isinstance(disk.train, StreamedView)
    assert disk.fingerprint == memory.fingerprint
    assert (
        disk.target == memory.target and disk.input_spec.shape == memory.input_spec.shape and disk.name == memory.name
    )
    assert disk.augmentation == memory.augmentation
    for key in ("mean", "std"):
        assert disk.preprocessing[key] == pytest.approx(memory.preprocessing[key], rel=1e-5), key
    assert disk.preprocessing == memory.preprocessing | {key: disk.preprocessing[key] for key in ("mean", "std")}
    assert disk.train.counts().tolist() == memory.train.counts().tolist()
    assert disk.train.scale() == pytest.approx(memory.train.scale(), rel=1e-5)
    for one, other in ((disk.train.all(), memory.train.all()), (disk.held_out(), memory.held_out())):
        torch.testing.assert_close(one.inputs, other.inputs, rtol=1e-4, atol=1e-5)
        assert torch.equal(one.targets, other.targets) and torch.equal(one.groups, other.groups)
    assert disk.train.sample(2, Rng(0)).groups.tolist() == [g for g in range(len(disk.groups)) for _ in range(2)]


def test_a_size_is_obeyed_and_unequal_pictures_get_one(tmp_path: Path) -> None:
    class_folders(tmp_path, {"a": 4, "b": 4}, side=30)
    class_folders(tmp_path, {"b": 3}, side=50, channels=1)
    for size, side in ((None, 32), (12, 12)):
        memory, disk = both(tmp_path, size=size)
        assert disk.input_spec.shape == memory.input_spec.shape == (3, side, side)
        assert disk.fingerprint == memory.fingerprint


def test_workers_get_it_without_its_data(tmp_path: Path) -> None:
    task = open_task(parquet_shards(tmp_path), memory_limit=0)
    sent = pickle.dumps(task)
    assert len(sent) < 20_000
    assert torch.equal(pickle.loads(sent).train.sample(3, Rng(0)).inputs, task.train.sample(3, Rng(0)).inputs)
    assert torch.equal(pickle.loads(sent).held_out().inputs, task.held_out().inputs)


def test_the_limit_decides_and_is_recorded(tmp_path: Path) -> None:
    path, needed = parquet_shards(tmp_path), 63 * 9 * 9 * 3 * 4
    assert isinstance(open_task(path, memory_limit=needed).train, InMemoryView)
    task = open_task(path, memory_limit=needed - 1)
    assert isinstance(task.train, StreamedView) and task.source["memory_limit"] == needed - 1
    source = dict(task.source)
    assert isinstance(open_task(source.pop("source"), **source).train, StreamedView)


def test_it_is_decoded_once_until_a_file_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = parquet_shards(tmp_path)
    first = open_task(path, memory_limit=0)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(streaming, "decode", refuse)
    again = open_task(path, memory_limit=0)
    assert again.fingerprint == first.fingerprint
    assert torch.equal(again.train.sample(3, Rng(0)).inputs, first.train.sample(3, Rng(0)).inputs)
    parquet(path / "part-0.parquet", 24)
    with pytest.raises(AssertionError, match="decoded again"):
        open_task(path, memory_limit=0)


def test_broken_pictures_are_named_or_left_out(tmp_path: Path) -> None:
    class_folders(tmp_path, {"a": 9, "b": 9}, side=40)
    whole = (tmp_path / "a" / "1.png").read_bytes()
    (tmp_path / "a" / "1.png").write_bytes(whole[: len(whole) // 2])  # its header is whole
    (tmp_path / "b" / "2.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"[12]\.png cannot be read as an image"):
        open_task(tmp_path, memory_limit=0)
    disk = open_task(tmp_path, memory_limit=0, skip_unreadable=True)
    with pytest.warns(UserWarning, match="skipped 2"):
        memory = open_task(tmp_path, skip_unreadable=True)
    assert disk.fingerprint == memory.fingerprint
    assert disk.preprocessing["skipped"] == memory.preprocessing["skipped"] == 2


@pytest.mark.parametrize("limit", [None, 0])
def test_broken_and_missing_shards_are_named_or_left_out(tmp_path: Path, limit: int | None) -> None:
    for shard in range(4):
        parquet(tmp_path / f"train-0000{shard}-of-00004.parquet", 300 if shard == 2 else 21, first=21 * shard)
    (tmp_path / "train-00001-of-00004.parquet").write_bytes(b"no parquet")
    content = bytearray((tmp_path / "train-00002-of-00004.parquet").read_bytes())
    content[200:40_000] = bytes(39_800)  # its footer is whole
    (tmp_path / "train-00002-of-00004.parquet").write_bytes(content)
    with pytest.raises(DataError, match=r"train-00001-of-00004\.parquet cannot be read as Parquet"):
        open_task(tmp_path, memory_limit=limit)
    (tmp_path / "train-00001-of-00004.parquet").unlink()
    with pytest.raises(DataError, match=r"lacks train-00001-of-00004\.parquet"):
        open_task(tmp_path, memory_limit=limit)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        task = open_task(tmp_path, memory_limit=limit, skip_unreadable=True, test_fraction=0.01)
    assert len(task.train) + len(task.held_out()) == 42
    messages = "\n".join(str(warning.message) for warning in told)
    assert "lacks train-00001-of-00004" in messages and "train-00002-of-00004.parquet" in messages


def test_a_class_without_training_pictures_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path / "train.parquet", 9)
    table = pq.read_table(path)
    pq.write_table(table.set_column(1, "label", pa.array([0] * 8 + [2])), path)
    with pytest.raises(DataError, match="only 2 of these occur"):
        open_task(path, memory_limit=0)


def test_held_out_data_that_do_not_fit_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = open_task(parquet_shards(tmp_path), memory_limit=0)
    monkeypatch.setattr("condenset.tasks.store.half_of_memory", lambda: 100)
    with pytest.raises(DataError, match="held-out examples do not fit into memory: give a smaller --test-fraction"):
        task.held_out()


def test_levels_give_mean_and_deviation() -> None:
    pixels = np.stack([noise(8, 8, 2, seed=i) for i in range(5)])
    pixels[..., 1] = 7
    levels = np.stack([np.bincount(pixels[..., c].ravel(), minlength=256) for c in range(2)])
    record, scale = streaming_record(levels)
    assert record["mean"] == pytest.approx((pixels / 255).mean((0, 1, 2)).tolist())
    assert record["std"] == pytest.approx([(pixels[..., 0] / 255).std(), 1.0])
    assert scale == pytest.approx(np.sqrt(0.5))


def streaming_record(levels: np.ndarray) -> tuple[dict[str, object], float]:
    from condenset.tasks.pictures.preprocessing import measure_levels

    return measure_levels(levels, [8, 8])
