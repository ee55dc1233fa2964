"""Examples on disk, arranged by group and shuffled within it: what lies side by side is a random part of a group.

Random access inside compressed shards costs a decompression per example. So the data are decoded once, in one pass,
into records of equal size that are read by their position. The operating system caches what is read often.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from jaxtyping import Integer, Shaped

from condenset.core.cache import cache_folder
from condenset.core.errors import DataError
from condenset.core.process import half_of_memory
from condenset.core.rng import Rng

_RECORDS, _CARD = "records.npy", "card.json"
_BUCKET = 32 * 2**20  # bytes that are put in order at a time
_MOST_BUCKETS = 256  # files that are open at a time

Records = Shaped[np.ndarray, "_"]  # of a dtype with the fields inputs, target and row


class Store:
    """Records of one size, in one file.

    Attributes:
        card: JSON-able record of what is needed to use them.
        dtype: of a record: its inputs, its target, and its row in the data that it was made of.
    """

    def __init__(self, folder: Path) -> None:
        """Args: folder, written by `kept_store`. Raises `DataError` where it is damaged."""
        self._path = folder / _RECORDS
        try:
            self.card: dict[str, Any] = json.loads((folder / _CARD).read_text(encoding="utf8"))
            records = np.load(self._path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise DataError(f"{folder} is damaged ({error}): remove it, it is made again from the data") from error
        self.dtype, self._length, self._begin = records.dtype, len(records), records.offset

    def __len__(self) -> int:
        return self._length

    def read(self, positions: Integer[np.ndarray, " n"]) -> Records:
        """The records at these positions, in this order; neighbours are read at once."""
        order = np.argsort(positions, kind="stable")
        ordered = positions[order]
        records = np.empty(len(positions), self.dtype)
        ends = [*(np.flatnonzero(np.diff(ordered) != 1) + 1).tolist(), len(ordered)]
        with self._path.open("rb", buffering=0) as stream:
            first = 0
            for last in ends if len(ordered) else []:
                stream.seek(self._begin + int(ordered[first]) * self.dtype.itemsize)
                self._fill(stream, records[first:last])
                first = last
        if np.array_equal(ordered, positions):
            return records
        back = np.empty_like(order)
        back[order] = np.arange(len(order))
        return records[back]

    def rest(self, first: int) -> Records:
        """All records from a position on, in the order of their rows. Raises `DataError` where they do not fit."""
        taken = (len(self) - first) * self.dtype["inputs"].itemsize
        if 4 * taken > half_of_memory():  # as float32
            raise DataError(
                f"{len(self) - first} held-out examples do not fit into memory: give a smaller --test-fraction, or a "
                f"test set beside the training data"
            )
        records = self.read(np.arange(first, len(self)))
        return records[np.argsort(records["row"])]

    def _fill(self, stream: BinaryIO, records: Records) -> None:
        free = memoryview(records.view(np.uint8))  # type: ignore[arg-type]
        while len(free):
            got = stream.readinto(free)  # type: ignore[attr-defined]
            if not got:
                raise DataError(f"{self._path} is cut short: remove its folder, it is made again from the data")
            free = free[got:]


def arranged(groups: Integer[np.ndarray, " n"], rng: Rng) -> Integer[np.ndarray, " n"]:
    """The position of each example in a store: group after group, a random order within each."""
    order = np.argsort(groups, kind="stable")
    numbers, first = rng.numpy(), 0
    for count in np.bincount(groups).tolist():
        numbers.shuffle(order[first : first + count])
        first += count
    positions = np.empty(len(groups), np.uint32 if len(groups) < 2**32 else np.uint64)
    positions[order] = np.arange(len(groups), dtype=positions.dtype)
    return positions


def kept_store(key: str, make: Callable[[Path], dict[str, Any]]) -> Store:
    """The store under a key in the user's cache, made when it is missing.

    Args: make, writes the records into a new folder with `write_records` and returns the card. The folder gets its
    name when it is complete, so an interrupted process leaves nothing that looks like a store.
    """
    folder = cache_folder() / "streams" / key
    if not (folder / _CARD).exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(dir=folder.parent, suffix=".part"))
        try:
            card = make(part)
            (part / _CARD).write_text(json.dumps(card), encoding="utf8")
            with contextlib.suppress(OSError):  # another process was faster
                part.rename(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    return Store(folder)


def write_records(
    folder: Path, dtype: np.dtype[Any], positions: Integer[np.ndarray, " n"], parts: Iterable[Records]
) -> None:
    """Puts each record where it belongs, with two sequential passes over the disk and little memory.

    Args: positions, of every record; parts, the records in the data's order.
    Raises `DataError` where the disk is too small or the data have another number of rows than before.
    """
    total = len(positions)
    _check_disk(folder, 2 * total * dtype.itemsize)
    buckets = min(_MOST_BUCKETS, -(-total * dtype.itemsize // _BUCKET))
    size = -(-total // buckets)
    paths = [folder / f"bucket-{number}" for number in range(buckets)]
    _scatter(paths, positions // size, parts)
    with (folder / _RECORDS).open("wb") as stream:
        header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": (total,)}
        np.lib.format.write_array_header_1_0(stream, header)
        for number, path in enumerate(paths):
            arrived = np.fromfile(path, dtype)
            path.unlink()
            ordered = np.empty_like(arrived)
            ordered[positions[positions // size == number] - number * size] = arrived
            ordered.tofile(stream)


def _scatter(paths: Sequence[Path], owners: Integer[np.ndarray, " n"], parts: Iterable[Records]) -> None:
    done = 0
    with ExitStack() as stack:
        streams = [stack.enter_context(path.open("wb")) for path in paths]
        for part in parts:
            owner = owners[done : done + len(part)]
            for number in np.unique(owner).tolist():
                streams[number].write(part[: len(owner)][owner == number].tobytes())
            done += len(part)
    if done != len(owners):
        raise DataError(f"the data have {done} rows and had {len(owners)} before: they changed while they were read")


def _check_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise DataError(
            f"data that do not fit into memory are decoded to disk, which takes {needed / 2**30:.1f} GiB in "
            f"{folder.parent.parent}, where {free / 2**30:.1f} GiB are free: point CONDENSET_CACHE at a larger disk, "
            f"or choose a smaller image size"
        )
