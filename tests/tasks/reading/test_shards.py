"""Which files make a split, and what happens to missing and broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from condenset.core.errors import DataError
from condenset.tasks.reading.shards import check_complete, readable, stamp, train_files
from condenset.tasks.reading.shards import test_files as held_out_files


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


@pytest.mark.parametrize(
    ("names", "train", "test"),
    [
        (["train-0.parquet", "train-1.parquet", "test-0.parquet"], ["train-0.parquet", "train-1.parquet"], 1),
        (["data/train-0.parquet", "data/validation-0.parquet"], ["data/train-0.parquet"], 1),
        (["train/0000.parquet", "val/0000.parquet"], ["train/0000.parquet"], 1),
        (["b.parquet", "a.parquet", "notes.txt"], ["a.parquet", "b.parquet"], 0),
        (["test-0.parquet"], [], 1),
    ],
)
def test_splits_by_the_names_of_files(tmp_path: Path, names: list[str], train: list[str], test: int) -> None:
    touch(tmp_path, *names)
    assert train_files(tmp_path) == [tmp_path / name for name in train]
    assert len(held_out_files(tmp_path)) == test
    assert train_files(tmp_path / names[0]) == [tmp_path / names[0]]
    assert held_out_files(tmp_path / names[0]) == []


def test_a_missing_shard_is_named_or_skipped(tmp_path: Path) -> None:
    touch(tmp_path, "train-00000-of-00003.tar", "train-00002-of-00003.tar")
    files = train_files(tmp_path, ".tar")
    with pytest.raises(DataError, match=r"lacks train-00001-of-00003\.tar \(1 of 3 shards\)"):
        check_complete(files, False)
    with pytest.warns(UserWarning, match="train-00001-of-00003"):
        check_complete(files, True)
    touch(tmp_path, "train-00001-of-00003.tar")
    check_complete(train_files(tmp_path, ".tar"), False)


def test_a_broken_shard_stops_or_is_skipped() -> None:
    def read(name: str) -> int:
        if name == "b":
            raise DataError("b is broken")
        return ord(name)

    with pytest.raises(DataError, match="b is broken"):
        list(readable("abc", read, False))
    with pytest.warns(UserWarning, match="skipped a shard: b is broken"):
        assert list(readable("abc", read, True)) == [("a", 97), ("c", 99)]


def test_a_stamp_changes_with_the_files_and_the_parts(tmp_path: Path) -> None:
    touch(tmp_path, "a", "b")
    one = stamp([tmp_path / "a"], 1)
    assert stamp([tmp_path / "a"], 1) == one
    assert (
        len({one, stamp([tmp_path / "a"], 2), stamp([tmp_path / "b"], 1), stamp([tmp_path / "a", tmp_path / "b"], 1)})
        == 4
    )
    (tmp_path / "a").write_text("longer")
    assert stamp([tmp_path / "a"], 1) != one
