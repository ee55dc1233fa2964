"""Images held in arrays: NPZ files and the arrays of a running program, checked before anything uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import Shaped

from condenset.core.errors import DataError
from condenset.tasks.pictures.examples import Examples, ImageData, as_classes, as_indices
from condenset.tasks.reading.npz import input_axes, read_splits

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
    validation: tuple[np.ndarray, np.ndarray] | None = None,
) -> ImageData:
    """Checked data from (images, labels) pairs.

    Args: name, what messages and results call the data; classes, names by index, else the label values; validation,
    images to choose settings on.
    Raises `DataError` as `as_images`, `as_labels`, `as_classes` and `as_indices` do.
    """
    names: tuple[str, ...] | None = None if classes is None else tuple(classes)
    images = as_images(train[0], f"{name}: images")
    labels = as_labels(train[1], len(images), f"{name}: labels")
    names = as_classes(labels, names, f"{name}: labels")
    examples = Examples(images, as_indices(labels, names, f"{name}: labels"))
    chosen = None if validation is None else _like(examples, validation, names, f"{name}: validation")
    if test is None:
        return ImageData(name, names, examples, validation=chosen)
    held_out = _like(examples, test, names, f"{name}: test")
    return ImageData(name, names, examples, test=partial(replace, held_out), validation=chosen)


def read_npz(path: Path) -> ImageData:
    """An NPZ file with images and labels, perhaps of several splits; an array `classes` may name them.

    Images are (n, h, w), (n, h, w, c) or (n, c, h, w), labels (n,) or (n, 1). Nothing is unpickled. Raises `DataError`
    for other files and contents.
    """
    found = read_splits(path)
    names = found.arrays.get("classes", found.arrays.get("class_names"))
    classes = None if names is None else [str(n) for n in names.tolist()]
    return replace(from_arrays(path.stem, found.train, found.test, classes, found.validation), files=found.files)


def looks_like_npz_images(path: Path) -> bool:
    """Whether an NPZ file names its arrays as `read_npz` expects and the images have three or four axes."""
    return input_axes(path) in (3, 4)


def _like(train: Examples, test: tuple[np.ndarray, np.ndarray], classes: tuple[str, ...], where: str) -> Examples:
    images = as_images(test[0], f"{where} images")
    if images.shape[1:] != train.images.shape[1:]:
        raise DataError(
            f"{where} images are {images.shape[1:]}, training images {train.images.shape[1:]}: make them equal"
        )
    return Examples(images, as_indices(as_labels(test[1], len(images), f"{where} labels"), classes, f"{where} labels"))
