"""Opens interactions as a task: a known name, a CSV or TSV file, or a data frame in memory."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.tasks.interactions.header import recognise
from condenset.tasks.missing import not_there
from condenset.tasks.option import said
from condenset.tasks.task import Task

if TYPE_CHECKING:
    from condenset.tasks.interactions.reading import Log

__all__ = ["interactions_from_frame", "open_interactions", "recognise"]

_MAGAZINE = "magazine"
HeldOut = Literal["random", "latest"]


def open_interactions(
    source: str | Path,
    *,
    seed: int = 0,
    test_fraction: float = 0.1,
    held_out: HeldOut | None = None,
    least_rating: float | None = None,
) -> Task:
    """Interactions as a task.

    Args:
        source: the known name "magazine", or the path of a CSV or TSV file with the columns user and item and, where
            they are known, rating, time and split (train, validation, test).
        seed: of the split where the data define none.
        test_fraction: share of every user's items for the test, and again for validation, where the data define no
            split.
        held_out: which of them, "random" or the "latest" by the column time; None: what the data define, else random.
        least_rating: leave out what was rated lower; None: every row counts, whatever its rating.

    Raises:
        RequestError: there are no such data; the message names the nearest.
        DataError: the data cannot be used as they are; the message says what to change.
        RequestError: an option does not fit the data.
    """
    arguments = said(source=source, seed=seed, test_fraction=test_fraction)
    arguments |= said(held_out=held_out, least_rating=least_rating)
    return _assembled(_read(str(source), least_rating), seed, test_fraction, held_out, arguments)


def interactions_from_frame(
    frame: Any,
    *,
    seed: int = 0,
    test_fraction: float = 0.1,
    held_out: HeldOut | None = None,
    least_rating: float | None = None,
    name: str = "interactions",
) -> Task:
    """Interactions that are already in memory as a task; it cannot be opened again, so its source is empty.

    Args: frame, a pandas DataFrame with the columns of a file; name, of the task; others as for `open_interactions`.

    Raises as `open_interactions`.
    """
    from condenset.tasks.interactions.reading import Log, checked

    digest = hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest()
    log = Log(name, checked(frame, name, least_rating), digest)
    return _assembled(log, seed, test_fraction, held_out, {})


def _read(source: str, least_rating: float | None) -> Log:
    from condenset.tasks.interactions.magazine import read_magazine
    from condenset.tasks.interactions.reading import read_log

    if source == _MAGAZINE:
        if least_rating is not None:
            raise RequestError(f"{source} has its official interactions, of any rating: leave --least-rating out")
        return read_magazine(source)
    if Path(source).suffix or Path(source).exists():
        return read_log(Path(source), least_rating)
    raise not_there("interactions", source, [_MAGAZINE])


def _assembled(log: Log, seed: int, test_fraction: float, held_out: HeldOut | None, source: dict[str, Any]) -> Task:
    from condenset.tasks.interactions.assembly import assemble
    from condenset.tasks.interactions.splitting import split_users

    if "split" not in log.rows:
        chosen = held_out or "random"
        rows, few = split_users(log.rows, test_fraction, chosen, Rng(seed).child("split"), log.name)
        return assemble(replace(log, rows=rows), few, chosen, source)
    if held_out is not None:
        raise RequestError(f"{log.name} defines its own split: leave out {held_out!r}, or the column split")
    return assemble(log, 0, "given", source)
