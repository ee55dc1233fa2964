"""NPZ files of inputs and targets, one split or several, by the names that people give their arrays."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from condenset.core.errors import DataError

_TRAIN = (
    ("x_train", "y_train"),
    ("X_train", "y_train"),
    ("train_images", "train_labels"),
    ("x", "y"),
    ("X", "y"),
    ("images", "labels"),
)
_TEST = (("x_test", "y_test"), ("X_test", "y_test"), ("test_images", "test_labels"))
_VALIDATION = (("x_val", "y_val"), ("X_val", "y_val"), ("val_images", "val_labels"))
Pair = tuple[np.ndarray, np.ndarray]  # inputs (n, ...) and targets (n, ...)


@dataclass(frozen=True)
class Splits:
    """The arrays of a file.

    Attributes:
        train, test, validation: inputs and targets; None where the file has no such split.
        arrays: all of them, by name.
        files: bytes in the file of the training arrays.
    """

    train: Pair
    test: Pair | None
    validation: Pair | None
    arrays: Mapping[str, np.ndarray]
    files: int


def read_splits(path: Path) -> Splits:
    """Inputs (n, ...) and labels of an NPZ file, unpickled never. Raises `DataError` for arrays of other names."""
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            arrays = {key: archive[key] for key in archive.files if isinstance(archive[key], np.ndarray)}
    except (ValueError, TypeError, OSError, EOFError, MemoryError, zlib.error, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} cannot be read as NPZ ({error}): write it with numpy.savez and regular arrays, no objects"
        ) from error
    names = _named(arrays, _TRAIN)
    if names is None:
        raise DataError(
            f"{path} holds arrays {sorted(arrays)}: expected x, y or images, labels or x_train, y_train or "
            "train_images, train_labels"
        )
    test, validation = (_pair(arrays, _named(arrays, pairs)) for pairs in (_TEST, _VALIDATION))
    return Splits((arrays[names[0]], arrays[names[1]]), test, validation, arrays, _stored(path, names))


def input_axes(path: Path) -> int:
    """Number of axes of the training inputs, by their head alone; 0 where the file is no NPZ of inputs and targets."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = _named({name.removesuffix(".npy") for name in archive.namelist()}, _TRAIN)
            if names is None:
                return 0
            with archive.open(f"{names[0]}.npy") as stream:
                major, _ = np.lib.format.read_magic(stream)
                header = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
                return len(header(stream)[0])
    except (zipfile.BadZipFile, OSError, ValueError):
        return 0


def _named(held: Mapping[str, np.ndarray] | set[str], pairs: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    return next((pair for pair in pairs if set(pair) <= set(held)), None)


def _pair(arrays: Mapping[str, np.ndarray], names: tuple[str, str] | None) -> Pair | None:
    return None if names is None else (arrays[names[0]], arrays[names[1]])


def _stored(path: Path, names: tuple[str, str]) -> int:
    with zipfile.ZipFile(path) as archive:
        return sum(archive.getinfo(f"{name}.npy").compress_size for name in names)
