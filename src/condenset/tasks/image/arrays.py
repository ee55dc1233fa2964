"""Images held in arrays: NPZ files and the arrays of a running program, checked before anything uses them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from condenset.core.errors import DataError
from condenset.tasks.image.examples import Examples, ImageData, as_classes, as_indices

_PAIRS = (("x_train", "y_train"), ("x", "y"), ("X", "y"), ("images", "labels"))
_TEST_PAIRS = (("x_test", "y_test"), ("test_images", "test_labels"))
_CHANNELS = (1, 2, 3, 4)


def as_images(values: np.ndarray, where: str) -> Shaped[np.ndarray, "n height width channels"]:
    """Images (n, h, w), (n, h, w, c) or (n, c, h, w) as (n, h, w, c); one to four channels, the last axis first.

    Four channels are kept: they may be spectral bands as well as transparency. Raises `DataError` for ragged or
    object arrays, other shapes, values that are not real numbers and values that are not finite.
    """
    if values.dtype.kind not in "buif":
        raise DataError(
            f"{where} has dtype {values.dtype}: expected one regular array of numbers (n, height, width[, channels]); "
            f"resize ragged images to a common size first, or put them as files into class folders"
        )
    if values.ndim == 3:
        values = values[..., None]
    if values.ndim != 4 or 0 in values.shape:
        raise DataError(
            f"{where} has shape {values.shape}: expected (n, h, w), (n, h, w, channels) or (n, channels, h, w)"
        )
    if values.shape[3] not in _CHANNELS:
        if values.shape[1] not in _CHANNELS:
            raise DataError(f"{where} has shape {values.shape}: neither axis 3 nor axis 1 is 1 to 4 channels")
        values = values.transpose(0, 2, 3, 1)
    if values.dtype.kind == "f":
        broken = ~np.isfinite(values).all(axis=(1, 2, 3))
        if broken.any():
            raise DataError(
                f"{where} has NaN or infinite pixels in {broken.sum()} images, first in image {broken.argmax()}: "
                f"repair or remove them"
            )
    return values


def as_labels(values: np.ndarray, count: int, where: str) -> Shaped[np.ndarray, " n"]:
    """Labels (n,) as int64 or strings; whole numbers stored as floats count as integers.

    Raises `DataError` for another length or shape and for values that are negative or no whole numbers.
    """
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        raise DataError(f"{where} has shape {values.shape}: expected one class index per image; take argmax of one-hot")
    if len(values) != count:
        raise DataError(f"{where} has {len(values)} labels for {count} images: expected one each")
    if values.dtype.kind == "U":
        return values
    if values.dtype.kind not in "buif" or not np.isfinite(values).all() or (values != np.floor(values)).any():
        raise DataError(f"{where} ({values.dtype}) is not made of whole numbers: expected class indices 0, 1, 2, ...")
    if (values < 0).any():
        raise DataError(f"{where} holds the negative label {values.min()}: expected class indices 0, 1, 2, ...")
    return values.astype(np.int64)


def from_arrays(
    name: str,
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray] | None = None,
    classes: Sequence[str] | None = None,
) -> ImageData:
    """Checked data from (images, labels) pairs.

    Args: name, what messages and results call the data; classes, names by index, else the label values.
    Raises `DataError` as `as_images`, `as_labels`, `as_classes` and `as_indices` do.
    """
    names: tuple[str, ...] | None = None if classes is None else tuple(classes)
    images = as_images(train[0], f"{name}: images")
    labels = as_labels(train[1], len(images), f"{name}: labels")
    names = as_classes(labels, names, f"{name}: labels")
    examples = Examples(images, as_indices(labels, names, f"{name}: labels"))
    if test is None:
        return ImageData(name, names, examples)
    held_out = _like(examples, test, names, f"{name}: test")
    return ImageData(name, names, examples, test=partial(replace, held_out))


def read_npz(path: Path) -> ImageData:
    """An NPZ file with arrays x, y or images, labels or x_train, y_train, x_test, y_test; `classes` may name them.

    Images are (n, h, w), (n, h, w, c) or (n, c, h, w), labels (n,). Nothing is unpickled. Raises `DataError` for other
    files and contents.
    """
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files if isinstance(archive[key], np.ndarray)}
    except (ValueError, TypeError, OSError, EOFError, MemoryError, zlib.error, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} cannot be read as NPZ ({error}): write it with numpy.savez and regular arrays, no objects"
        ) from error
    train, test = _pair(arrays, _PAIRS), _pair(arrays, _TEST_PAIRS)
    if train is None:
        raise DataError(f"{path} holds arrays {sorted(arrays)}: expected x, y or images, labels or x_train, y_train")
    names = arrays.get("classes", arrays.get("class_names"))
    return from_arrays(path.stem, train, test, None if names is None else [str(n) for n in names.tolist()])


def looks_like_npz_images(path: Path) -> bool:
    """Whether an NPZ file names its arrays as `read_npz` expects and the images have three or four axes."""
    try:
        with zipfile.ZipFile(path) as archive:
            held = set(archive.namelist())
            pair = next((p for p in _PAIRS if {f"{p[0]}.npy", f"{p[1]}.npy"} <= held), None)
            if pair is None:
                return False
            with archive.open(f"{pair[0]}.npy") as stream:
                major, _ = np.lib.format.read_magic(stream)
                header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
                return len(header(stream)[0]) in (3, 4)
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def _pair(arrays: dict[str, np.ndarray], names: tuple[tuple[str, str], ...]) -> tuple[np.ndarray, np.ndarray] | None:
    return next(((arrays[x], arrays[y]) for x, y in names if x in arrays and y in arrays), None)


def _like(train: Examples, test: tuple[np.ndarray, np.ndarray], classes: tuple[str, ...], where: str) -> Examples:
    images = as_images(test[0], f"{where} images")
    if images.shape[1:] != train.images.shape[1:]:
        raise DataError(
            f"{where} images are {images.shape[1:]}, training images {train.images.shape[1:]}: make them equal"
        )
    return Examples(images, as_indices(as_labels(test[1], len(images), f"{where} labels"), classes, f"{where} labels"))
