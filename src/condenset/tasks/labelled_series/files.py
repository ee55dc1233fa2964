"""Which files hold the series to train on and those to test on, and what is read of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from condenset.core.errors import DataError, RequestError
from condenset.core.untrusted_file import is_regular, read_regular
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.labelled_series.layout import Layout, series_of
from condenset.tasks.labelled_series.raw import Part, RawLabelled, channel_names, digest_of, expect_usable
from condenset.tasks.labelled_series.ts_file import SUFFIX, read_ts
from condenset.tasks.reading.npz import Pair, read_splits

_TRAIN, _TEST = "_TRAIN", "_TEST"
_SUFFIXES = (SUFFIX, ".tsv", ".csv")
_LENGTHS = "lengths"  # array of an NPZ file that declares how long each series is


def recognise(path: Path) -> bool:
    """Whether a path is a .ts file, NAME_TRAIN.tsv or NAME_TRAIN.csv, or a folder with one of these."""
    if path.is_dir():
        return bool(_trains(path))
    return is_regular(path) and (path.suffix == SUFFIX or (path.stem.endswith(_TRAIN) and path.suffix in _SUFFIXES))


def read_labelled_series(path: Path, layout: Layout, test: Path | None) -> RawLabelled:
    """Series in a .ts, CSV, TSV, Parquet or NPZ file, or in a folder with NAME_TRAIN and perhaps NAME_TEST.

    Beside NAME_TRAIN, NAME_TEST is the test. Args: layout, of a table; test, another file with the test series.
    Raises `DataError` for what is absent, broken or no series, `RequestError` for a layout of what is no table.
    """
    train = _train_file(path) if path.is_dir() else path
    if train.suffix == ".npz":
        return _read_npz(train, layout, test)
    others = test or _partner(train)
    raw = _read(train, layout)
    name = train.stem.removesuffix(_TRAIN)
    return replace(raw, name=name, test=None if others is None else _read(others, layout).train)


def of_arrays(pair: Pair, lengths: np.ndarray | None, called: str) -> tuple[Part, bool]:
    """Series of an array (n, channels, steps), or (n, steps) of one channel, and labels (n,); whether they are ragged.

    Args: lengths, (n,), of series that are filled up to the longest; called, what messages call the data.
    """
    values, labels = pair
    values = values[:, None] if values.ndim == 2 else values
    if values.ndim != 3 or values.dtype.kind not in "fiu":
        raise DataError(
            f"series of {called} are {values.dtype} {values.shape}: expected numbers (n, channels, steps) or (n, steps)"
        )
    labels = labels.reshape(-1) if labels.ndim == 2 and labels.shape[1] == 1 else labels
    if labels.shape != (len(values),):
        raise DataError(f"labels of {called} have shape {labels.shape} for {len(values)} series: expected one for each")
    series = [row.astype(np.float64) for row in values]
    if lengths is not None:
        _expect_lengths(lengths, values.shape, called)
        series = [row[:, :length] for row, length in zip(series, lengths.tolist(), strict=True)]
    part = Part(tuple(series), pd.Series(labels, name="label"))
    ragged = lengths is not None
    return expect_usable(part, called, ragged, f"give their lengths as an array {_LENGTHS!r}"), ragged


def _expect_lengths(lengths: np.ndarray, shape: tuple[int, ...], called: str) -> None:
    fits = lengths.shape == shape[:1] and lengths.dtype.kind in "iu"
    if not fits or lengths.min() < 1 or lengths.max() > shape[2]:
        raise DataError(
            f"{_LENGTHS} of {called} do not fit series {shape}: expected {shape[0]} of 1 to {shape[2]} steps"
        )


def _read_npz(path: Path, layout: Layout, test: Path | None) -> RawLabelled:
    if layout != Layout() or test is not None:
        raise RequestError("an NPZ file says its labels and its test: leave those options out, or give a table")
    splits = read_splits(path)
    lengths = {part: splits.arrays.get(name) for part, name in _lengths_of(splits.test is not None).items()}
    train, ragged = of_arrays(splits.train, lengths["train"], path.name)
    held = None if splits.test is None else of_arrays(splits.test, lengths["test"], f"the test of {path.name}")[0]
    names = channel_names(len(train.series[0]))
    return RawLabelled(path.stem, train, digest_of(train), held, files=splits.files, ragged=ragged, channels=names)


def _lengths_of(tested: bool) -> dict[str, str]:
    """Where two splits have arrays of their own, so have their lengths."""
    return {"train": f"{_LENGTHS}_train", "test": f"{_LENGTHS}_test"} if tested else {"train": _LENGTHS}


def _read(path: Path, layout: Layout) -> RawLabelled:
    """All series of a file, as if they were to train on."""
    if path.suffix == SUFFIX:
        if layout != Layout():
            raise RequestError(f"{path.name} says its labels, times and lengths: those options are of tables")
        part, header = read_ts(path)
        return RawLabelled(
            path.stem,
            part,
            hashlib.sha256(read_regular(path)).hexdigest(),
            files=bytes_on_disk([path]),
            why="last in a line",
            ragged=not header.equal,
            channels=channel_names(len(part.series[0])),
        )
    from condenset.tasks.reading.table_file import read_file

    frame, digest = read_file(path)
    part, names = series_of(frame, path.name, layout)
    why = "the first column" if layout.target is None else f"column {layout.target}"
    files = bytes_on_disk([path])
    return RawLabelled(path.stem, part, digest, files=files, why=why, ragged=layout.ragged, channels=names)


def _train_file(folder: Path) -> Path:
    """The one that is called as the folder is, or the only one."""
    found = _trains(folder)
    own = [path for path in found if path.stem == f"{folder.resolve().name}{_TRAIN}"] or found
    first = [path for path in own if path.suffix == own[0].suffix]
    if len(first) != 1:
        names = ", ".join(path.name for path in found) or f"no NAME{_TRAIN}.ts, .tsv or .csv"
        raise DataError(f"{folder} holds {names}: name the file to train on")
    return first[0]


def _trains(folder: Path) -> list[Path]:
    """By their suffix, in the order of `_SUFFIXES`."""
    return [path for suffix in _SUFFIXES for path in sorted(folder.glob(f"*{_TRAIN}{suffix}")) if is_regular(path)]


def _partner(train: Path) -> Path | None:
    if not train.stem.endswith(_TRAIN):
        return None
    other = train.with_name(f"{train.stem.removesuffix(_TRAIN)}{_TEST}{train.suffix}")
    return other if other.exists() else None
