from __future__ import annotations

import gzip
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.tasks.pictures.idx import looks_like_idx, read_idx, read_idx_folder
from tests.tasks.pictures.pictures import noise

IMAGES = np.stack([noise(5, 7, 1, seed=i)[..., 0] for i in range(6)])
LABELS = np.array([0, 1, 2, 0, 1, 2], np.uint8)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def write(folder: Path, end: str = "", spelling: str = "-idx") -> None:
    pack = gzip.compress if end else bytes
    for split, count in (("train", 6), ("t10k", 3)):
        (folder / f"{split}-images{spelling}3-ubyte{end}").write_bytes(pack(idx(IMAGES[:count])))
        (folder / f"{split}-labels{spelling}1-ubyte{end}").write_bytes(pack(idx(LABELS[:count])))


@pytest.mark.parametrize(("end", "spelling"), [("", "-idx"), (".gz", "-idx"), ("", ".idx")])
def test_a_folder_is_read_whole(tmp_path: Path, end: str, spelling: str) -> None:
    assert not looks_like_idx(tmp_path)
    write(tmp_path, end, spelling)
    assert looks_like_idx(tmp_path)
    data = read_idx_folder(tmp_path)
    assert data.classes == ("0", "1", "2")
    assert np.array_equal(data.train.images[..., 0], IMAGES)
    assert np.array_equal(data.train.labels, LABELS)
    assert data.test is not None
    assert np.array_equal(data.test().images[..., 0], IMAGES[:3])
    assert read_idx_folder(tmp_path, ("a", "b", "c")).classes == ("a", "b", "c")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (idx(IMAGES)[:-1], "truncated"),
        (idx(IMAGES) + b"x", "truncated"),
        (idx(IMAGES)[:9], "truncated"),
        (b"\x00\x00\x0d\x01" + bytes(8), "begins with 00000d01"),
        (b"", "begins with"),
    ],
)
def test_damaged_files_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "f"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_idx(path)


def test_damaged_compression_is_refused(tmp_path: Path) -> None:
    whole = gzip.compress(idx(IMAGES))
    for content in (whole[:-20], b"no gzip", whole[:30] + b"\xff\xff" + whole[32:]):
        (tmp_path / "f.gz").write_bytes(content)
        with pytest.raises(DataError, match="cannot be read"):
            read_idx(tmp_path / "f.gz")


def test_missing_or_unequal_files_are_refused(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(idx(LABELS[:5]))
    with pytest.raises(DataError, match="do not fit"):
        read_idx_folder(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").unlink()
    with pytest.raises(DataError, match="lacks train"):
        read_idx_folder(tmp_path)


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_LIMITS", "bytes=100000")
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(DataError, match=r"what is packed in .*bomb\.gz has 100,001 bytes"):
        read_idx(tmp_path / "bomb.gz")


def test_no_more_memory_is_set_aside_than_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "f.gz"
    path.write_bytes(gzip.compress(idx(IMAGES)))
    tracemalloc.start()
    try:
        read_idx(path)
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()
