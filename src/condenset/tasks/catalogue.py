"""Opening data: the first modality that knows the name, recognises the path or takes the object."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from condenset.core.errors import RequestError
from condenset.core.registries import MODALITIES
from condenset.tasks.missing import not_there
from condenset.tasks.objects import in_words
from condenset.tasks.task import Modality, Task, modalities


def open_task(source: Any, task: str | None = None, **options: Any) -> Task:
    """A task from a dataset's name ("fashion-mnist"), a path (class folders, CSV, Parquet, NPZ, tar shards, ...) or an
    object of a running program (a DataFrame, a pair (X, y), a torch Dataset, ...).

    Args: task, the kind of data, where it is not to be recognised; options, what the modality's own `open`, or the one
    of its objects, takes, such as target="price" for a table, by that name or the command line's, such as split_seed=1
    for graphs; None values are left out.

    Raises `UnknownNameError` with the nearest name, `DataError` for data that cannot be used and `RequestError` for an
    option that this kind of data does not have, and for an object of a kind that is not known.
    """
    if not isinstance(source, str | Path):
        return _of_object(source, task, options)
    modality = modality_of(source) if task is None else MODALITIES.get(task)
    opened = modality.open(str(source), **_given(modality, modality.open, options, _flags()))
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
    files = dict.fromkeys(words for modality in registered for words in modality.files)
    raise RequestError(f"cannot tell what {str(source)!r} holds: expected one of: {'; '.join(files)}")


def object_modality(thing: Any) -> Modality:
    """The modality that opens an object unasked. Raises `RequestError` naming the objects that are accepted."""
    taking = [modality for modality in modalities() if modality.objects is not None]
    for modality in taking:
        if modality.objects and modality.objects.unasked and modality.objects.takes(thing):
            return modality
    accepted = "; ".join(text for modality in taking if modality.objects for text in modality.objects.accepted)
    raise RequestError(f"cannot distil {in_words(thing)}: give a known name, a path, or one of: {accepted}")


def _of_object(thing: Any, task: str | None, options: Mapping[str, Any]) -> Task:
    modality = object_modality(thing) if task is None else MODALITIES.get(task)
    objects = modality.objects
    if objects is None or not objects.takes(thing):
        accepted = "; ".join(objects.accepted) if objects else "a name or a path"
        raise RequestError(f"{in_words(thing)} is no {modality.name} data: expected {accepted}")
    return objects.open(thing, **_given(modality, objects.open, options))


def _flags() -> dict[str, str]:
    """What the options of every kind of data are called on the command line."""
    return {option.parameter or option.name: option.flag for kind in modalities() for option in kind.options}


def _given(
    modality: Modality, opener: Callable[..., Task], options: Mapping[str, Any], flags: Mapping[str, str] = {}
) -> dict[str, Any]:
    """The options that are not None, by the opener's own names.

    Raises `RequestError` for one that the opener does not have, by its flag.
    """
    own = {option.name: option.parameter for option in modality.options if option.parameter}
    given = {own.get(key, key): value for key, value in options.items() if value is not None}
    known = list(inspect.signature(opener).parameters)[1:]  # the first is what it opens
    unknown = sorted(set(given) - set(known))
    if unknown:
        said, may_be = (", ".join(sorted(flags.get(name, name) for name in names)) for names in (unknown, known))
        raise RequestError(
            f"{modality.name} data have no option {said}: their options are {may_be}; "
            f"give {'--task' if flags else 'task='} where this is another kind of data"
        )
    return given
