from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.tasks.pictures.examples import ImageData
from condenset.tasks.pictures.folder import looks_like_class_folders, looks_like_pictures, read_folder
from condenset.tasks.pictures.loading import open_images
from condenset.tasks.pictures.shards import decoded
from tests.tasks.pictures.pictures import class_folders, noise, save


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path_factory.mktemp("cache")))


def read(folder: Path, size: int | None, skip: bool) -> ImageData:
    return decoded(read_folder(folder), size, skip)


def test_folder_names_are_the_classes(tmp_path: Path) -> None:
    class_folders(tmp_path, {"dog": 3, "cat": 5})
    (tmp_path / "cat" / "notes.txt").write_text("not an image")
    (tmp_path / ".hidden").mkdir()
    data = read(tmp_path, None, False)
    assert (data.name, data.classes, data.test, data.skipped) == (tmp_path.name, ("cat", "dog"), None, 0)
    assert np.bincount(data.train.labels).tolist() == [5, 3]
    assert data.train.images.shape == (8, 10, 10, 3)
    assert data.train.images[:5].min() >= 60 > data.train.images[5:].min()
    assert looks_like_class_folders(tmp_path)


def test_train_and_test_folders(tmp_path: Path) -> None:
    class_folders(tmp_path / "train", {"a": 3, "b": 2}, side=20)
    class_folders(tmp_path / "test", {"b": 4}, side=33)
    data = read(tmp_path, None, False)
    assert data.test is not None
    test = data.test()
    assert test.labels.tolist() == [1, 1, 1, 1]
    assert test.images.shape == (4, 20, 20, 3)
    assert looks_like_class_folders(tmp_path)
    class_folders(tmp_path / "test", {"c": 1})
    with pytest.raises(DataError, match="'c'"):
        data = read(tmp_path, None, False)
        assert data.test is not None
        data.test()


def test_an_empty_test_folder_is_refused(tmp_path: Path) -> None:
    class_folders(tmp_path / "train", {"a": 3, "b": 2})
    (tmp_path / "test" / "a").mkdir(parents=True)
    test = read(tmp_path, None, False).test
    assert test is not None
    with pytest.raises(DataError, match="holds a labelled image"):
        test()


def test_unequal_sizes_grey_and_nested_files(tmp_path: Path) -> None:
    for i, (height, width) in enumerate([(40, 50), (33, 35), (70, 31)]):
        save(tmp_path / "a" / "inner" / f"{i}.JPG", noise(height, width, 1))
        save(tmp_path / "b" / f"{i}.bmp", noise(width, height, 1))
    assert read(tmp_path, None, False).train.images.shape == (6, 32, 32, 1)
    assert read(tmp_path, 20, False).train.images.shape == (6, 20, 20, 1)


def test_unusable_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="at least two folders"):
        read(tmp_path, None, False)
    class_folders(tmp_path, {"a": 2})
    with pytest.raises(DataError, match=r"class folders \['a'\]; expected at least two"):
        read(tmp_path, None, False)
    (tmp_path / "b").mkdir()
    with pytest.raises(DataError, match=r"\['b'\] hold no image"):
        read(tmp_path, None, False)
    assert not looks_like_class_folders(tmp_path / "b")


def test_pictures_that_nobody_sorted_are_of_one_class(tmp_path: Path) -> None:
    save(tmp_path / "photos" / "a.png", noise(9, 9, 3))
    save(tmp_path / "photos" / "b.png", noise(9, 9, 3, seed=1))
    assert looks_like_pictures(tmp_path / "photos") and not looks_like_pictures(tmp_path)
    found = read(tmp_path / "photos", None, False)
    assert found.classes == ("photos",) and found.train.labels.tolist() == [0, 0]
    class_folders(tmp_path / "photos", {"sorted": 1})
    assert not looks_like_pictures(tmp_path / "photos")


def test_unreadable_files_are_named_or_skipped_and_counted(tmp_path: Path) -> None:
    class_folders(tmp_path, {"a": 3, "b": 3})
    (tmp_path / "a" / "1.png").write_bytes(b"\x89PNG broken")
    with pytest.raises(DataError, match=r"1\.png cannot be read"):
        read(tmp_path, None, False)
    with pytest.warns(UserWarning, match="skipped 1"):
        data = read(tmp_path, None, True)
    assert data.train.labels.tolist() == [0, 0, 1, 1, 1]
    assert data.skipped == 1


def test_what_is_no_file_is_named_or_skipped_and_never_waited_for(tmp_path: Path) -> None:
    folder = class_folders(tmp_path / "photos", {"a": 3, "b": 3})
    os.mkfifo(folder / "a" / "pipe.png")
    (folder / "b" / "loop.png").symlink_to("loop.png")
    (folder / "b" / "null.png").symlink_to(os.devnull)
    with pytest.raises(DataError, match=r"pipe\.png is a named pipe"):
        open_images(folder)
    with pytest.warns(UserWarning, match="skipped 3 unreadable pictures"):
        task = open_images(folder, skip_unreadable=True, test_fraction=0.4)
    assert len(task.train) + len(task.held_out()) == 6
    streamed = open_images(folder, skip_unreadable=True, test_fraction=0.4, memory_limit=0)
    assert (len(streamed.train), streamed.preprocessing["skipped"]) == (len(task.train), 3)
