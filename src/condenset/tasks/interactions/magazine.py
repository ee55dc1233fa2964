"""Amazon Magazine Subscriptions in the files and the split of Distill-CF (Sachdeva et al., 2022, arXiv 2206.02626)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from condenset.core.errors import DataError, MissingExtraError
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.interactions.reading import PARTS, Log
from condenset.tasks.reading.known import below_data
from condenset.tasks.reading.npz import read_arrays

_FOLDER = "recsys/amazon-magazine"
_FILES = ("total_data.hdf5", "index.npz")
_ORIGIN = "https://github.com/noveens/distill_cf, data/magazine"


def read_magazine(name: str) -> Log:
    """The interactions that the official split takes: -1 is left out, 0 is train, 1 validation, 2 test.

    Raises:
        DataError: CONDENSET_DATA is not set, a file is not below it, or they do not fit together.
        MissingExtraError: h5py is not installed.
    """
    files = [below_data(name, f"{_FOLDER}/{file}", _ORIGIN) for file in _FILES]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()
    users, items = _columns(files[0])
    try:
        parts = read_arrays(files[1])["data"]
    except (DataError, KeyError) as error:
        raise DataError(f"{files[1]} cannot be read: {error}; fetch it again from {_ORIGIN}") from error
    if not len(users) == len(items) == len(parts):
        raise DataError(
            f"{name}: {len(users)} users, {len(items)} items and {len(parts)} places in the split do not fit together: "
            f"fetch both files again from {_ORIGIN}"
        )
    kept = parts >= 0
    rows = pd.DataFrame({"user": users[kept], "item": items[kept], "split": np.array(PARTS)[parts[kept]]})
    return Log(name, rows, digest, bytes_on_disk(files))


def _columns(path: Path) -> tuple[np.ndarray, np.ndarray]:
    try:
        import h5py
    except ImportError as error:
        raise MissingExtraError("h5py", "recsys") from error
    try:
        with h5py.File(path) as file:
            return file["user"][:], file["item"][:]
    except (OSError, KeyError, ValueError, AttributeError) as error:
        raise DataError(f"{path} cannot be read: {error}; fetch it again from {_ORIGIN}") from error
