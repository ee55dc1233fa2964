from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from condenset.core.cache import cache_folder
from condenset.tasks.pictures.cache import cached_array, files_key

ARRAY = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))


def refuse() -> np.ndarray:
    raise AssertionError("made although it was kept")


def test_what_was_made_is_kept_and_leaves_no_parts() -> None:
    assert np.array_equal(cached_array("k", 3, lambda: ARRAY), ARRAY)
    assert np.array_equal(cached_array("k", 3, refuse), ARRAY)
    assert [p.name for p in (cache_folder() / "images").iterdir()] == ["k.npy"]


def test_damaged_or_other_files_are_made_again() -> None:
    cached_array("k", 3, lambda: ARRAY)
    path = cache_folder() / "images" / "k.npy"
    for content in (path.read_bytes()[:-3], b"", b"no array"):
        path.write_bytes(content)
        assert np.array_equal(cached_array("k", 3, lambda: ARRAY + 1), ARRAY + 1)
    np.save(path, ARRAY.astype(float))
    assert np.array_equal(cached_array("k", 3, lambda: ARRAY), ARRAY)
    assert len(cached_array("k", 2, lambda: ARRAY[:2])) == 2


def test_incomplete_arrays_are_not_kept() -> None:
    assert len(cached_array("k", 4, lambda: ARRAY)) == 3
    assert not (cache_folder() / "images" / "k.npy").exists()


def test_many_at_once_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: cached_array("k", 3, lambda: ARRAY), range(32)))
    assert all(np.array_equal(array, ARRAY) for array in made)
    assert [p.name for p in (cache_folder() / "images").iterdir()] == ["k.npy"]


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "file"))
    assert np.array_equal(cached_array("k", 3, lambda: ARRAY), ARRAY)


def test_keys_follow_contents_and_parts_not_names(tmp_path: Path) -> None:
    for name, text in (("a", "one"), ("b", "one"), ("c", "two")):
        (tmp_path / name).write_text(text)
    key = files_key([tmp_path / "a"], 32)
    assert key == files_key([tmp_path / "b"], 32)
    assert len({key, files_key([tmp_path / "c"], 32), files_key([tmp_path / "a"], 64)}) == 3


def test_the_platform_decides_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONDENSET_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "condenset"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder().name == "condenset"
    assert cache_folder().is_relative_to(Path.home())


def test_a_file_that_claims_to_be_huge_is_told_by_its_size_and_time(tmp_path: Path) -> None:
    huge = tmp_path / "huge.png"
    with huge.open("wb") as file:
        file.truncate(2**42)  # sparse: to read its zeros would take an hour
    key = files_key([huge])
    assert key == files_key([huge])
    with huge.open("r+b") as file:
        file.truncate(2**42 + 1)
    assert key != files_key([huge])
