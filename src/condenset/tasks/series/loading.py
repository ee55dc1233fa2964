"""From a name, a file or arrays to a task: parts in time, scaled by the first, cut into windows."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import DataError, RequestError
from condenset.core.groups import Together
from condenset.core.registries import MODALITIES
from condenset.core.spec import Leaf
from condenset.core.windows import batch_of
from condenset.tasks.footprint import Footprint, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.objects import as_array, axes, in_words, is_frame
from condenset.tasks.option import said
from condenset.tasks.reading.table_file import checked
from condenset.tasks.recognised import NO_VALIDATION, Recognised
from condenset.tasks.series.reading import RawSeries, looks_like_series, read_numbers, read_series, series_of
from condenset.tasks.targets.forecast import Forecast
from condenset.tasks.task import Task, by_prediction

_SHARES = (0.7, 0.1, 0.2)
_NAMES = ("training", "validation", "test")


@dataclass(frozen=True)
class _Known:
    """A named series.

    Attributes:
        file: below the folder of the data.
        parts: in rows.
        origin: where it is found.
        channels: in the order of its columns, where the file is numbers alone; empty: it has a head and times.
    """

    file: str
    parts: tuple[int, int, int]
    origin: str
    channels: tuple[str, ...] = ()


_KNOWN = {
    "etth1": _Known(
        "series/ETTh1.csv", (8640, 2880, 2880), "ETT-small/ETTh1.csv of https://github.com/zhouhaoyi/ETDataset"
    ),
    "exchange-rate": _Known(
        "series/exchange_rate.txt.gz",
        (5311, 758, 1519),
        "exchange_rate/exchange_rate.txt.gz of https://github.com/laiguokun/multivariate-time-series-data",
        ("Australia", "Britain", "Canada", "Switzerland", "China", "Japan", "New Zealand", "Singapore"),
    ),
}


def open_series(
    source: str | Path,
    *,
    time_column: str | None = None,
    lookback: int = 96,
    horizon: int = 96,
    parts: Sequence[float | int | str] | None = None,
    drop: Sequence[str] = (),
) -> Task:
    """A forecasting task: the last `lookback` steps of all channels to their next `horizon` steps, from every step.

    Args:
        source: "etth1", "exchange-rate", or the path of a CSV or Parquet file with a column of times at equal steps.
        time_column: of the times; None: the first column that holds dates.
        parts: training, validation and test part, one after another in time, as rows or as shares; None: those of a
            known series, else 0.7, 0.1, 0.2. Windows of the later parts read the rows before them.
        drop: columns that are no channels.
    Raises `DataError` for unusable data, `UnknownNameError` and `RequestError` for the rest.
    """
    known = _KNOWN.get(str(source))
    path = Path(source) if known is None else _file(str(source), known)
    bare = known.channels if known else ()
    raw = read_numbers(path, bare, time_column, drop) if bare else read_series(path, time_column, drop)
    chosen = parts if parts is not None else known.parts if known else _SHARES
    numbers = [_number(part) for part in chosen]
    arguments = said(source=source, lookback=lookback, horizon=horizon, parts=numbers, drop=list(drop))
    name = str(source) if known else raw.name
    return _task(raw, name, lookback, horizon, numbers, arguments | said(time_column=time_column))


def series_from_arrays(
    values: Any,
    *,
    channels: Sequence[str] = (),
    lookback: int = 96,
    horizon: int = 96,
    parts: Sequence[float | int] = _SHARES,
    name: str = "arrays",
) -> Task:
    """A series (rows, channels) that is already in memory, at equal steps; its source is empty.

    Args: channels, their names, x0, x1, ... where none are given; the rest as for `open_series`.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2 or not np.isfinite(array).all():
        raise DataError(f"values have shape {array.shape}: expected (rows, channels) of finite numbers")
    names = tuple(channels) or tuple(f"x{index}" for index in range(array.shape[1]))
    if len(names) != array.shape[1]:
        raise DataError(f"{len(names)} names for {array.shape[1]} channels: give each channel one")
    return _task(RawSeries(name, names, array), name, lookback, horizon, list(parts), {})


def takes_series(thing: Any) -> bool:
    """Whether an object can be a series: a pandas DataFrame, or an array or tensor (rows, channels)."""
    return axes(thing) == 2


def series_from_object(
    thing: Any,
    *,
    time_column: str | None = None,
    lookback: int = 96,
    horizon: int = 96,
    parts: Sequence[float | int | str] = _SHARES,
    drop: Sequence[str] = (),
    name: str = "series",
) -> Task:
    """A series in an object; its source is empty, since only the object can open it again.

    Args: thing, a pandas DataFrame with a column of times, or an array or tensor (rows, channels) at equal steps, which
    has no columns to name or to drop; name, of the task; the rest as for `open_series`.
    """
    numbers = [_number(part) for part in parts]
    if not is_frame(thing):
        if time_column is not None or drop:
            raise RequestError(f"{in_words(thing)} has no columns: leave time_column and drop out, or give a DataFrame")
        return series_from_arrays(as_array(thing), lookback=lookback, horizon=horizon, parts=numbers, name=name)
    return _task(series_of(checked(thing, name), name, time_column, drop), name, lookback, horizon, numbers, {})


def recognise(path: Path) -> bool:
    """Whether a path is a CSV file of numbers at equal steps of time; any other table is one of rows."""
    return path.suffix.lower() in (".csv", ".tsv") and path.is_file() and looks_like_series(path)


def _file(name: str, known: _Known) -> Path:
    root = os.environ.get("CONDENSET_DATA")
    path = Path(root or ".") / known.file
    if not root or not path.is_file():
        raise DataError(
            f"{name} was not found in CONDENSET_DATA ({root or 'not set'}): download {known.origin}, save it as "
            f"{known.file} in a folder, and set CONDENSET_DATA to that folder"
        )
    return path


def _number(part: float | int | str) -> float | int:
    try:
        value = float(part)
    except ValueError as error:
        raise RequestError(f"part {part!r} is no number: give rows such as 8640,2880,2880, or shares") from error
    return int(value) if value.is_integer() and value != 1 else value


def _task(
    raw: RawSeries, name: str, lookback: int, horizon: int, parts: Sequence[float | int], source: dict[str, Any]
) -> Task:
    if lookback < 1 or horizon < 1:
        raise RequestError(f"lookback {lookback} and horizon {horizon} are impossible: expected at least 1 step each")
    bounds = _bounds(len(raw.values), parts)
    _check_lengths(bounds, lookback, horizon, len(raw.values))
    train = raw.values[: bounds[1]]
    mean, std = train.mean(0), train.std(0)
    constant = [channel for channel, spread in zip(raw.channels, std, strict=True) if spread == 0]
    if constant:
        raise DataError(
            f"channels {constant} are constant in the training part of {bounds[1]} rows and cannot be scaled: leave "
            "them out with drop"
        )
    scaled = torch.from_numpy(((raw.values - mean) / std).astype(np.float32))
    cut, target = (
        partial(_part, scaled, lookback, horizon),
        Forecast(horizon, raw.channels, tuple(mean.tolist()), tuple(std.tolist())),
    )
    return Task(
        name=name,
        modality=MODALITIES.get("series"),
        input_spec=Leaf((lookback, len(raw.channels)), meaning="sequence"),
        target=target,
        groups=Together(),
        train=InMemoryView(batch_of(scaled[: bounds[1]].clone(), lookback, horizon), 1),
        held_out=partial(_held_out, scaled, lookback, horizon, bounds[2], bounds[3], name),
        grader=partial(by_prediction, ordered=True),
        validation=cut(bounds[1], bounds[2]) if bounds[2] > bounds[1] else None,
        preprocessing={
            "kind": "series", "times": raw.times, "lookback": lookback, "rows": bounds[1:],
            "mean": mean.tolist(), "std": std.tolist(),
        },
        fingerprint={"rows": len(train), "sha256": _digest(raw.channels, train)},
        source=source,
        recognised=_recognised(raw, target.describe(), lookback, bounds),
        footprint=Footprint(share(raw.files, len(train), len(raw.values))),
    )  # fmt: skip


def _recognised(raw: RawSeries, target: str, lookback: int, bounds: Sequence[int]) -> Recognised:
    _, trained, chosen, end = bounds
    times = f", the times in {raw.times!r}" if raw.times else ""
    return Recognised(
        target=target,
        inputs=f"the last {lookback} of {len(raw.values)} steps{times}, scaled by rows 1 to {trained}",
        columns=dict.fromkeys(raw.channels, "channel"),
        test=f"rows {chosen + 1} to {end}" if end > chosen else "none: nothing was held out",
        validation=f"rows {trained + 1} to {chosen}" if chosen > trained else NO_VALIDATION,
    )


def _bounds(rows: int, parts: Sequence[float | int]) -> list[int]:
    """The row that each part begins with, and the one after the last. Raises `RequestError` for impossible parts."""
    told = f"parts {', '.join(map(str, parts))} of {rows} rows"
    if len(parts) != 3 or min(parts) < 0 or parts[0] <= 0:
        raise RequestError(f"{told}: expected three, training, validation and test, rows or shares")
    if all(part <= 1 for part in parts):
        if sum(parts) > 1 + 1e-9:
            raise RequestError(f"{told} are more than the whole: shares add up to 1 or less")
        return [0, *(int(end * rows + 1e-6) for end in np.cumsum(parts))]
    if any(part != int(part) for part in parts):
        raise RequestError(f"{told} mix rows and shares: give either")
    if sum(parts) > rows:
        raise DataError(f"{told} are more than there are: give fewer rows, or shares")
    return [0, *(int(end) for end in np.cumsum(parts))]


def _check_lengths(bounds: Sequence[int], lookback: int, horizon: int, rows: int) -> None:
    """Raises `DataError` where a part holds no window; the validation part may be empty, and the test part."""
    needed = (lookback + horizon, horizon, horizon)
    for name, start, end, least in zip(_NAMES, bounds[:-1], bounds[1:], needed, strict=True):
        if end - start < least and (end > start or name == "training"):
            raise DataError(
                f"the {name} part has {end - start} of {rows} rows, too few for a lookback of {lookback} and a horizon "
                f"of {horizon} steps, which need {least}: shorten them, or give parts of other lengths"
            )


def _part(series: Float[Tensor, "rows channels"], lookback: int, horizon: int, start: int, end: int) -> Batch:
    """The windows whose targets lie in rows start ... end; their inputs reach back before them."""
    return batch_of(series[start - lookback : end], lookback, horizon)


def _held_out(
    series: Float[Tensor, "rows channels"], lookback: int, horizon: int, start: int, end: int, name: str
) -> Batch:
    if end == start:
        raise DataError(f"{name} has no test part: open it with parts whose third is above 0")
    return _part(series, lookback, horizon, start, end)


def _digest(channels: Sequence[str], values: Float[np.ndarray, "rows channels"]) -> str:
    digest = hashlib.sha256("\n".join(channels).encode())
    digest.update(np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()
