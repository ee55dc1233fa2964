"""Tar shards of pictures and labels."""

from __future__ import annotations

import io
import os
import tarfile
import time
from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.tasks.pictures.shards import decoded
from condenset.tasks.pictures.tar import TarShard, looks_like_tar_images, read_tar
from tests.tasks.pictures.pictures import noise, png


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))


def pack(path: Path, files: dict[str, bytes]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def write(path: Path, count: int, first: int = 0) -> np.ndarray:
    """`count` pictures with labels 0, 1, 0, ..., the label before or behind; returns their pixels."""
    pixels = np.stack([noise(9, 9, 3, seed=first + i) for i in range(count)])
    files: dict[str, bytes] = {}
    for i, picture in enumerate(pixels):
        pair = {f"./n.1/{i:04}.png": png(picture), f"./n.1/{i:04}.cls": str(i % 2).encode()}
        files |= pair if i % 3 else dict(reversed(pair.items()))
        files[f"./n.1/{i:04}.json"] = b"{}"
    pack(path, files)
    return pixels


def test_shards_of_a_folder_with_a_test_split(tmp_path: Path) -> None:
    first = write(tmp_path / "set" / "train-0.tar", 4)
    second = write(tmp_path / "set" / "train-1.tar", 6, first=4)
    held = write(tmp_path / "set" / "test-0.tar", 2)
    data = decoded(read_tar(tmp_path / "set", False), None, False)
    assert (data.name, data.classes) == ("set", ("0", "1"))
    assert np.array_equal(data.train.images, np.concatenate([first, second]))
    assert data.train.labels.tolist() == [0, 1] * 5
    assert data.test is not None
    assert np.array_equal(data.test().images, held)
    assert looks_like_tar_images(tmp_path / "set") and looks_like_tar_images(tmp_path / "set" / "train-0.tar")


def test_labels_are_text_where_one_is(tmp_path: Path) -> None:
    pictures = [png(noise(5, 5, 1, seed=i)) for i in range(3)]
    names = ["cat", "7", "cat\n"]
    pairs = [(f"{i}.jpg", p) for i, p in enumerate(pictures)] + [(f"{i}.cls", n.encode()) for i, n in enumerate(names)]
    path = pack(tmp_path / "a.tar", dict(sorted(pairs)))
    assert TarShard(path).labels().tolist() == ["cat", "7", "cat"]


@pytest.mark.parametrize("digits", ["²", "9" * 30])
def test_digits_that_are_no_whole_number_are_text(tmp_path: Path, digits: str) -> None:
    files = {"a.png": png(noise(4, 4, 3)), "a.cls": digits.encode(), "b.png": png(noise(4, 4, 3)), "b.cls": b"1"}
    assert TarShard(pack(tmp_path / "set.tar", files)).labels().tolist() == [digits, "1"]


def test_a_label_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path / "set.tar", {"a.png": png(noise(4, 4, 3)), "a.cls": b"\x89PNG"})
    with pytest.raises(DataError, match=r"set\.tar, a\.cls is no label"):
        TarShard(path).labels()


def test_pictures_without_a_label_are_no_examples(tmp_path: Path) -> None:
    picture = png(noise(5, 5, 3))
    path = pack(tmp_path / "a.tar", {"a.png": picture, "b.png": picture, "b.cls": b"0", "c.cls": b"1", "d.txt": b""})
    assert TarShard(path).labels().tolist() == [0]
    assert [item.name for item in TarShard(path).pictures()] == [f"{path}, b.png"]


def test_other_files_are_refused(tmp_path: Path) -> None:
    assert not looks_like_tar_images(tmp_path)
    with pytest.raises(DataError, match=r"no train-\*\.tar"):
        read_tar(tmp_path, False)
    path = pack(tmp_path / "a.tar", {"readme.txt": b"nothing"})
    assert not looks_like_tar_images(path)
    with pytest.raises(DataError, match=r"a\.tar holds no picture with its label"):
        decoded(read_tar(path, False), None, False)
    path.write_bytes(b"no tar" * 100)
    assert not looks_like_tar_images(path)
    with pytest.raises(DataError, match=r"a\.tar cannot be read as tar"):
        decoded(read_tar(path, False), None, False)


@pytest.mark.parametrize("length", [2048, 2500, 2800, 5632])
def test_a_file_that_is_cut_short_is_broken(tmp_path: Path, length: int) -> None:
    write(tmp_path / "a.tar", 3)
    content = (tmp_path / "a.tar").read_bytes()
    (tmp_path / "a.tar").write_bytes(content[:length])
    for read in (lambda shard: shard.labels(), lambda shard: list(shard.pictures())):
        with pytest.raises(DataError, match=r"a\.tar cannot be read as tar"):
            read(TarShard(tmp_path / "a.tar"))


def test_a_zeroed_head_is_no_end(tmp_path: Path) -> None:
    """The module takes it for one, and what lies behind it is lost."""
    write(tmp_path / "a.tar", 6)
    with tarfile.open(tmp_path / "a.tar") as archive:
        third = archive.getmembers()[6].offset
    content = bytearray((tmp_path / "a.tar").read_bytes())
    content[third : third + tarfile.BLOCKSIZE] = bytes(tarfile.BLOCKSIZE)
    (tmp_path / "a.tar").write_bytes(content)
    for read in (lambda shard: shard.labels(), lambda shard: list(shard.pictures())):
        with pytest.raises(DataError, match="more lies behind that: a head is zeroed"):
            read(TarShard(tmp_path / "a.tar"))


@pytest.mark.parametrize("size", [10_000, 8 * 2**30])
def test_a_label_is_short_whatever_its_head_claims(tmp_path: Path, size: int) -> None:
    """A sparse member takes no room in the file, and reads as zeros of any size."""
    picture = png(noise(5, 5, 3))
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.png")
        member.size = len(picture)
        archive.addfile(member, io.BytesIO(picture))
        label = tarfile.TarInfo("a.cls")
        label.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.minor": "1", "GNU.sparse.map": f"0,1,{size - 1},1"}
        label.pax_headers |= {"GNU.sparse.realsize": str(size), "GNU.sparse.size": str(size)}
        label.size = 2
        archive.addfile(label, io.BytesIO(b"01"))
    with pytest.raises(DataError, match=r"a\.cls is no plain file of at most 4,096 bytes"):
        TarShard(tmp_path / "a.tar").labels()


def test_a_pipe_among_the_shards_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "set" / "train-0.tar", 4)
    os.mkfifo(tmp_path / "set" / "train-1.tar")
    with pytest.raises(DataError, match=r"train-1\.tar is a named pipe"):
        decoded(read_tar(tmp_path / "set", False), None, False)
    with pytest.warns(UserWarning, match="skipped a shard"):
        assert len(decoded(read_tar(tmp_path / "set", True), None, True).train.labels) == 4


def test_zeros_without_end_are_not_read(tmp_path: Path) -> None:
    write(tmp_path / "a.tar", 4)
    os.truncate(tmp_path / "a.tar", 2**42)
    began = time.process_time()
    with pytest.raises(DataError, match="more lies behind that"):
        TarShard(tmp_path / "a.tar").labels()
    assert time.process_time() - began < 1
