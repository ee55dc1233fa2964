"""Plain values, as TOML and JSON have them, as the types that dataclasses say; nothing is converted silently."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import GenericAlias
from typing import Any, get_args, get_origin

import cattrs
from cattrs.v import format_exception

from condenset.core.errors import RequestError

_GREATEST = 1e300


def structured(value: Any, kind: Any, path: str) -> Any:
    """A plain value as the type that an annotation says: tables as dataclasses, lists as tuples, integers as floats.

    `path` is where the value stands, for the error. Raises `RequestError` for a value of another kind, naming the
    fields at fault, and for a type that no plain value says.
    """
    try:
        return _CONVERTER.structure(value, kind)
    except cattrs.StructureHandlerNotFoundError as error:
        raise RequestError("no plain value says it: change its fields") from error
    except cattrs.BaseValidationError as error:
        raise RequestError(faults(error, path)) from error
    except Exception as error:  # cattrs passes on what it meets, and its own of a literal has no common base
        raise RequestError(str(error)) from error


def faults(error: BaseException, path: str) -> str:
    """What is wrong with a value that stands at a path, in words, by what a converter raised."""
    return "; ".join(cattrs.transform_error(error, path, _fault))


def _fault(error: BaseException, kind: Any) -> str:
    return str(error) if isinstance(error, ValueError) else format_exception(error, kind)


def strict_converter() -> cattrs.Converter:
    """Takes text, numbers and truth values of exactly the type asked for, but integers as floats, lists as tuples, and
    known fields."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    converter.register_structure_hook_func(_is_tuple, partial(_listed, converter))
    for kinds in ((str,), (bool,), (int,), (float, int)):
        converter.register_structure_hook(kinds[0], _exactly(kinds))
    return converter


def bounded_converter() -> cattrs.Converter:
    """A strict one that takes no number above 1e300: sums and differences of a few stay finite."""
    converter = strict_converter()
    for kinds in ((int,), (float, int)):
        converter.register_structure_hook(kinds[0], _bounded(_exactly(kinds)))
    return converter


def _bounded(structure: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def bounded(value: Any, kind: Any) -> Any:
        if not abs(structure(value, kind)) <= _GREATEST:
            raise ValueError(f"{value!r:.60} is too large, or no number")
        return structure(value, kind)

    return bounded


def _is_tuple(kind: Any) -> bool:
    origin: Any = get_origin(kind)
    return origin is tuple


def _listed(converter: cattrs.Converter, value: Any, kind: Any) -> tuple[Any, ...]:
    kinds = get_args(kind)
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r:.60} is no list")
    if kinds[-1] is ...:
        entries: Any = GenericAlias(list, kinds[:1])  # whose faults say which entry they are of
        return tuple(converter.structure(value, entries))
    if len(kinds) != len(value):
        raise ValueError(f"{value!r:.60} has {len(value)} entries, expected {len(kinds)}")
    return tuple(converter.structure(entry, kind) for entry, kind in zip(value, kinds, strict=True))


def _exactly(kinds: tuple[type, ...]) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if type(value) not in kinds:
            raise ValueError(f"{value!r:.60} is no {kinds[0].__name__}")
        return kinds[0](value)

    return structure


_CONVERTER = strict_converter()
