"""NPZ files of inputs and targets, one split or several, by the names that people give their arrays."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tokenize import TokenError
from typing import Any

import numpy as np

from condenset.core.errors import DataError
from condenset.core.untrusted_file import limits, open_regular

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
    """Inputs (n, ...) and labels of an NPZ file. Raises `DataError` as `read_arrays`, and for arrays of other names."""
    arrays = read_arrays(path)
    names = _named(arrays, _TRAIN)
    if names is None:
        raise DataError(
            f"{path} holds arrays {sorted(arrays)}: expected x, y or images, labels or x_train, y_train or "
            "train_images, train_labels"
        )
    test, validation = (_pair(arrays, _named(arrays, pairs)) for pairs in (_TEST, _VALIDATION))
    return Splits((arrays[names[0]], arrays[names[1]]), test, validation, arrays, _stored(path, names))


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an NPZ file by name, unpickled never.

    Raises `DataError` where it cannot be read, and where its heads claim more bytes than the limit.
    """
    try:
        with _opened(path) as archive:
            heads = {name: _head(archive, name) for name in _names(archive)}
            limits().check("bytes", sum(math.prod(shape) * kind.itemsize for shape, kind in heads.values()), str(path))
            return {name: _array(archive, name) for name in heads}
    except FileNotFoundError as error:
        raise DataError(f"no file {str(path)!r}: give the path of an NPZ file") from error
    except (ValueError, TypeError, OSError, EOFError, MemoryError, zlib.error, zipfile.BadZipFile) as error:
        raise DataError(
            f"{path} cannot be read as NPZ ({error}): write it with numpy.savez and regular arrays, no objects"
        ) from error


def array_names(path: Path) -> set[str]:
    """Names of the arrays of an NPZ file; none where it is no such file."""
    try:
        with _opened(path) as archive:
            return set(_names(archive))
    except (zipfile.BadZipFile, OSError, ValueError, DataError):
        return set()


def input_axes(path: Path) -> int:
    """Number of axes of the training inputs, by their head alone; 0 where the file is no NPZ of inputs and targets."""
    names = _named(array_names(path), _TRAIN)
    if names is None:
        return 0
    try:
        with _opened(path) as archive:
            return len(_head(archive, names[0])[0])
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, zlib.error):
        return 0


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    with open_regular(path) as file, zipfile.ZipFile(file) as archive:
        yield archive


def _names(archive: zipfile.ZipFile) -> list[str]:
    return [name.removesuffix(".npy") for name in archive.namelist() if name.endswith(".npy")]


def _head(archive: zipfile.ZipFile, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and type of an array, before any of it is read. Raises `ValueError` for a head that says neither."""
    with archive.open(f"{name}.npy") as stream:
        major, _ = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if major == 1 else np.lib.format.read_array_header_2_0
        try:
            shape, _, kind = read(stream)
        except (TokenError, SyntaxError) as error:  # NumPy reads a head as Python does
            raise ValueError(f"the head of {name!r} is damaged: {error}") from error
    return shape, kind


def _array(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    """In the byte order of this machine, whichever it was written in."""
    with archive.open(f"{name}.npy") as stream:
        array: np.ndarray = np.lib.format.read_array(stream, allow_pickle=False)
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _named(held: Mapping[str, np.ndarray] | set[str], pairs: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    return next((pair for pair in pairs if set(pair) <= set(held)), None)


def _pair(arrays: Mapping[str, np.ndarray], names: tuple[str, str] | None) -> Pair | None:
    return None if names is None else (arrays[names[0]], arrays[names[1]])


def _stored(path: Path, names: tuple[str, str]) -> int:
    with _opened(path) as archive:
        return sum(archive.getinfo(f"{name}.npy").compress_size for name in names)
