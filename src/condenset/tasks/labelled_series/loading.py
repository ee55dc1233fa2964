"""Opens labelled series as a task: a known name, files, or an object in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.core.errors import DataError, RequestError
from condenset.tasks.labelled_series.archive import NAMES, folder_of
from condenset.tasks.missing import not_there
from condenset.tasks.objects import as_array, axes, in_words, is_column, is_pair
from condenset.tasks.option import said
from condenset.tasks.task import Task

if TYPE_CHECKING:
    from condenset.tasks.labelled_series.raw import RawLabelled

_SHARE = 0.2


def open_labelled_series(
    source: str | Path,
    *,
    target: str | None = None,
    series_column: str | None = None,
    time_column: str | None = None,
    ragged: bool = False,
    seed: int = 0,
    test_fraction: float = _SHARE,
    test_path: str | Path | None = None,
) -> Task:
    """Series (channels, time) to sort into classes, as a task.

    Args:
        source: a known name ("GunPoint"); a .ts file; a folder with NAME_TRAIN.ts and NAME_TEST.ts (or .tsv, .csv); a
            CSV, TSV or Parquet file of a row for each series, its label first, or of a row for each step; or an NPZ
            file with X (n, channels, steps), y, and lengths where these differ.
        target: column of the label in a table; None: the first one.
        series_column: column that says which series a row is a step of; None: a row is a whole series.
        time_column: column of the times where rows are steps; None: they are in order.
        ragged: whether series of a table may differ in length; a .ts file says it.
        seed: of the stratified split where the data define no test series.
        test_fraction: share of the series held out there, in [0, 1).
        test_path: a second file, with the test series.

    Raises:
        RequestError: there are no such data, or options do not fit them; the message names what does.
        DataError: the data cannot be used as they are; the message says what to change.
    """
    from condenset.tasks.labelled.assembly import Asked
    from condenset.tasks.labelled_series.assembly import assemble
    from condenset.tasks.labelled_series.layout import Layout

    layout = Layout(target, series_column, time_column, ragged)
    arguments = said(source=source, seed=seed, test_fraction=test_fraction, target=target, series_column=series_column)
    arguments |= said(time_column=time_column, test_path=test_path, ragged=ragged or None)
    raw = _read(str(source), layout, None if test_path is None else Path(test_path))
    return assemble(raw, Asked(seed, test_fraction, arguments))


def takes_labelled_series(thing: Any) -> bool:
    """Whether an object is a pair of series, an array (n, channels, steps) or (n, steps) or a list of ones of different
    lengths, and labels (n,)."""
    if not is_pair(thing) or not is_column(thing[1]):
        return False
    return axes(thing[0]) in (2, 3) or (isinstance(thing[0], list) and all(axes(one) in (1, 2) for one in thing[0]))


def labelled_series_from_object(
    thing: Any,
    *,
    ragged: bool = False,
    seed: int = 0,
    test_fraction: float = _SHARE,
    name: str = "series",
) -> Task:
    """The task in an object; its source is empty, since only the object can open it again.

    Args: thing, a pair of series, an array (n, channels, steps) or (n, steps) or a list of (channels, steps) or
    (steps,) each, and labels (n,); ragged, whether those of a list may differ in length; name, of the task; the rest as
    for `open_labelled_series`.
    """
    from condenset.tasks.labelled.assembly import Asked
    from condenset.tasks.labelled_series.assembly import assemble

    return assemble(_of_pair(thing, ragged, name), Asked(seed, test_fraction))


def _read(source: str, layout: Any, test: Path | None) -> RawLabelled:
    from condenset.tasks.labelled_series.files import read_labelled_series
    from condenset.tasks.labelled_series.layout import Layout

    if source in NAMES:
        if layout != Layout() or test is not None:
            raise RequestError(f"{source} says its labels, its lengths and its test: leave those options out")
        return read_labelled_series(folder_of(source), layout, None)
    path = Path(source)
    if not path.exists():
        raise not_there("labelled series", source, NAMES)
    return read_labelled_series(path, layout, test)


def _of_pair(thing: Any, ragged: bool, name: str) -> RawLabelled:
    import numpy as np
    import pandas as pd

    from condenset.tasks.labelled_series.files import of_arrays
    from condenset.tasks.labelled_series.layout import RAGGED
    from condenset.tasks.labelled_series.raw import Part, RawLabelled, channel_names, digest_of, expect_usable

    labels = as_array(thing[1]).reshape(-1)
    if axes(thing[0]) in (2, 3):
        part, _ = of_arrays((as_array(thing[0]), labels), None, name)
    else:
        series = tuple(np.atleast_2d(as_array(one)).astype(np.float64) for one in thing[0])
        if len(series) != len(labels):
            raise DataError(f"{len(series)} series and {len(labels)} labels: give every series one ({in_words(thing)})")
        part = expect_usable(Part(series, pd.Series(labels, name="label")), name, ragged, RAGGED)
    channels = channel_names(len(part.series[0]))
    return RawLabelled(name, part, digest_of(part), why="given beside them", ragged=ragged, channels=channels)
