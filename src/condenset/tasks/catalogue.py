"""Opening data by a known name or a path: the first modality that knows the name or recognises the path."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

from condenset.core.errors import RequestError
from condenset.tasks.missing import not_there
from condenset.tasks.task import MODALITIES, Modality, Task, modalities


def open_task(source: str | Path, task: str | None = None, **options: Any) -> Task:
    """A task from a dataset's name ("fashion-mnist") or a path (class folders, CSV, Parquet, NPZ, tar shards, ...).

    Args: task, the kind of data, where it is not to be recognised; options, what the modality's own `open` takes, such
        as target="price" for a table; None values are left out.

    Raises `UnknownNameError` with the nearest name, `DataError` for data that cannot be used and `RequestError` for an
    option that this kind of data does not have.
    """
    modality = modality_of(source) if task is None else MODALITIES.get(task)
    given = {key: value for key, value in options.items() if value is not None}
    known = set(inspect.signature(modality.open).parameters) - {"source"}
    unknown = sorted(set(given) - known)
    if unknown:
        flags = {option.parameter or option.name: option.flag for kind in modalities() for option in kind.options}
        said, may_be = (", ".join(sorted(flags.get(name, name) for name in names)) for names in (unknown, known))
        raise RequestError(
            f"{modality.name} data have no option {said}: their options are {may_be}; give --task where this is "
            "another kind of data"
        )
    opened = modality.open(str(source), **given)
    return opened if task is None else replace(opened, source={**opened.source, "task": task})


def modality_of(source: str | Path) -> Modality:
    """The modality of a known name or a path. Raises `UnknownNameError` or `RequestError`."""
    registered = modalities()
    for modality in registered:
        if str(source) in modality.datasets:
            return modality
    path = Path(source)
    if not path.exists() and (knowing := next((m for m in registered if m.knows(str(source))), None)):
        return knowing
    if not path.exists():
        names = [name for modality in registered for name in modality.datasets]
        raise not_there("dataset", str(source), names)
    for modality in registered:
        if modality.recognise(path):
            return modality
    kinds = "class folders, CSV or Parquet, tar shards, NPZ (images or a graph), a Hugging Face dataset folder"
    raise RequestError(f"cannot tell what {str(source)!r} holds: expected one of {kinds}")
