from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.tasks.pictures.arrays import as_images, as_labels, from_arrays, looks_like_npz_images, read_npz
from tests.tasks.pictures.pictures import noise

X = np.stack([noise(6, 8, 3, seed=i) for i in range(10)])
Y = np.arange(10) % 2


def test_axes_are_brought_to_height_width_channels() -> None:
    assert as_images(X[..., 0], "x").shape == (10, 6, 8, 1)
    assert np.array_equal(as_images(X, "x"), X)
    assert np.array_equal(as_images(X.transpose(0, 3, 1, 2), "x"), X)
    assert as_images(np.zeros((2, 6, 8, 4), np.uint8), "x").shape[3] == 4


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.array([X[0], X[1, :3]], dtype=object), "ragged"),
        (np.zeros((10, 64)), "shape"),
        (np.zeros((0, 6, 8)), "shape"),
        (np.zeros((4, 16, 16, 16)), "channels"),
        (np.zeros((4, 6, 8), complex), "complex"),
        (np.where(np.arange(4)[:, None, None] == 2, np.nan, np.zeros((4, 6, 8))), "1 images, first in image 2"),
        (np.full((4, 6, 8), np.inf), "4 images"),
    ],
)
def test_unusable_images_are_refused(values: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_images(values, "x")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (Y[:-1], "9 labels for 10 images"),
        (Y - 1, "negative label -1"),
        (Y + 0.5, "whole numbers"),
        (np.where(Y, np.nan, 1.0), "whole numbers"),
        (np.eye(10), "argmax"),
        (np.array([None] * 10), "whole numbers"),
    ],
)
def test_unusable_labels_are_refused(values: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        as_labels(values, 10, "y")


def test_whole_floats_columns_and_strings_are_labels() -> None:
    assert as_labels(Y[:, None].astype(np.float32), 10, "y").tolist() == Y.tolist()
    assert as_labels(np.array(["a", "b"]), 2, "y").tolist() == ["a", "b"]


def test_test_arrays_must_fit_the_training_arrays() -> None:
    data = from_arrays("d", (X, Y), (X[:3], Y[:3]), ("even", "odd"))
    assert data.classes == ("even", "odd")
    assert data.test is not None
    assert len(data.test().labels) == 3
    with pytest.raises(DataError, match=r"\(5, 8, 3\)"):
        from_arrays("d", (X, Y), (X[:, :5], Y))
    with pytest.raises(DataError, match="label 7"):
        from_arrays("d", (X, Y), (X, np.full(10, 7)))
    with pytest.raises(DataError, match="label 1: expected"):
        from_arrays("d", (X, Y), classes=("only",))


@pytest.mark.parametrize(("x", "y"), [("x", "y"), ("images", "labels"), ("x_train", "y_train")])
def test_npz_is_read_under_its_customary_names(tmp_path: Path, x: str, y: str) -> None:
    path = tmp_path / "set.npz"
    np.savez(path, **{x: X, y: Y, "classes": np.array(["even", "odd"])})
    data = read_npz(path)
    assert (data.name, data.classes, data.test) == ("set", ("even", "odd"), None)
    assert np.array_equal(data.train.images, X)
    assert np.array_equal(data.train.labels, Y)
    assert looks_like_npz_images(path)


def test_npz_brings_its_own_test_set(tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", x_train=X, y_train=Y, x_test=X[:4], y_test=Y[:4])
    test = read_npz(tmp_path / "s.npz").test
    assert test is not None
    assert np.array_equal(test().images, X[:4])


def test_npz_of_other_kinds_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.npz"
    ragged = np.array([X[0], X[1, :3]], dtype=object)
    np.savez(path, x=ragged, y=Y[:2])
    with pytest.raises(DataError, match="no objects"):
        read_npz(path)
    np.savez(path, a=X)
    with pytest.raises(DataError, match=r"holds arrays \['a'\]"):
        read_npz(path)
    np.savez(path, x=X, y=Y)
    path.write_bytes(path.read_bytes()[:500])
    with pytest.raises(DataError, match="cannot be read as NPZ"):
        read_npz(path)
    assert not looks_like_npz_images(path)
    with path.open("wb") as stream:
        np.save(stream, X)
    with pytest.raises(DataError, match="cannot be read as NPZ"):
        read_npz(path)


def test_tables_in_npz_do_not_look_like_images(tmp_path: Path) -> None:
    np.savez(tmp_path / "table.npz", x=np.zeros((5, 7)), y=np.zeros(5))
    assert not looks_like_npz_images(tmp_path / "table.npz")
