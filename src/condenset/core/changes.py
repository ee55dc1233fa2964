"""Single fields of nested dataclasses by dotted paths such as "optimisers.data.rate": changing one, listing all."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import NoneType
from typing import Any, get_args, get_type_hints

from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.structured import structured


def changed(record: Any, path: str, value: Any) -> Any:
    """A copy of nested dataclasses, mappings and tuples with one field replaced by a plain value of the type it takes.

    Tables become dataclasses, lists tuples, whole numbers what they are asked for; "none" is None where a field may be
    that. Raises `UnknownNameError` for a field that is not there, `RequestError` for a value of another kind.
    """
    return _changed(record, path, path.split("."), value)


def differing(changes: Mapping[str, Any], others: Iterable[Mapping[str, Any]]) -> list[str]:
    """The names of changes, by path, in which one of the others is not the same."""
    beside = list(others)
    return [name for name in changes if any(other.get(name) != changes[name] for other in beside)]


@contextmanager
def owed_to(changes: Mapping[str, Any]) -> Iterator[None]:
    """Raises `RequestError` where the mathematics of the block fail and settings were changed: a part takes any number,
    and only its arithmetic knows which it can do nothing with, such as a pool of 0 networks."""
    try:
        yield
    except (ArithmeticError, ValueError, IndexError, RuntimeError) as error:
        if not changes or (
            isinstance(error, RuntimeError) and type(error) is not RuntimeError
        ):  # of memory, of workers
            raise
        changed = ", ".join(f"{name}={value}" for name, value in changes.items())
        raise RequestError(
            f"the run fails with {changed} ({type(error).__name__}: {error}): choose another value"
        ) from error


def settings(record: Any, path: str = "") -> dict[str, Any]:
    """Dotted path -> plain value of all that nested dataclasses, mappings and sequences hold, below `path` if any.

    At the path of a dataclass stands its class's name, at that of a function the function's; "none" is None.
    """
    held = dict(enumerate(record)) if isinstance(record, tuple | list) else _fields(record)[0]
    own = {} if not path or isinstance(record, Mapping | tuple | list) else {path: _plain(record)}
    for name, value in held.items():
        own |= settings(value, f"{path}.{name}" if path else str(name))
    return own


def _plain(value: Any) -> bool | int | float | str:
    if value is None:
        return "none"
    return value if isinstance(value, bool | int | float | str) else getattr(value, "__name__", type(value).__name__)


def _changed(record: Any, path: str, keys: list[str], value: Any) -> Any:
    key, *rest = keys
    held, known = _fields(record)
    if key not in known:
        raise UnknownNameError("setting", path, [".".join([*path.split(".")[: -len(keys)], k]) for k in known])
    new = _changed(held[key], path, rest, value) if rest else _fitting(value, known[key], path)
    if isinstance(record, Mapping):
        return {**record, key: new}
    if isinstance(record, tuple):
        return tuple(new if name == key else value for name, value in held.items())
    return dataclasses.replace(record, **{key: new})


def _fields(record: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a record holds, and of what types: those declared, or those of the values where none are."""
    held: dict[str, Any]
    declared: dict[str, Any]
    if isinstance(record, Mapping):
        held, declared = dict(record), {}
    elif isinstance(record, tuple):
        held, declared = {str(number): part for number, part in enumerate(record)}, {}
    elif dataclasses.is_dataclass(record):
        held = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
        kind: type = type(record)
        declared = _declared(kind)
    else:
        held, declared = {}, {}
    return held, {name: declared.get(name, Any if value is None else type(value)) for name, value in held.items()}


@cache
def _declared(kind: type) -> dict[str, Any]:
    """The types of its fields: reading them takes longer than all else of a change."""
    try:
        return get_type_hints(kind)
    except NameError:  # a method of someone else's may import types for its type checker alone
        return {}


def _fitting(value: Any, kind: Any, path: str) -> Any:
    plain, kinds = value, (kind, *get_args(kind))
    if value == "none" and NoneType in kinds:
        plain = None
    elif isinstance(value, float) and value.is_integer() and int in kinds:  # as in 1e3
        plain = int(value)
    try:
        fitting = structured(plain, kind, path)
    except RequestError as error:
        raise RequestError(f"{path} cannot become {value!r:.80}: {error}") from error
    if isinstance(fitting, int | float) and not (
        math.isfinite(fitting) and (fitting >= 0 or isinstance(fitting, float))
    ):
        raise RequestError(f"{path} cannot become {value!r:.80}: expected a finite number, a whole one of 0 or more")
    return fitting
