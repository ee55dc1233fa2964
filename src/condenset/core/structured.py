"""Plain values, as TOML and JSON have them, as the types that dataclasses say; nothing is converted silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cattrs
from cattrs.v import format_exception

from condenset.core.errors import RequestError


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
        raise RequestError("; ".join(cattrs.transform_error(error, path, fault))) from error
    except Exception as error:  # cattrs passes on what it meets, and its own of a literal has no common base
        raise RequestError(str(error)) from error


def fault(error: BaseException, kind: Any) -> str:
    """What is wrong with a value, in words; for `cattrs.transform_error`."""
    return str(error) if isinstance(error, ValueError) else format_exception(error, kind)


def strict_converter() -> cattrs.Converter:
    """Takes text, numbers and truth values of exactly the type asked for, but integers as floats, and known fields."""
    converter = cattrs.Converter(forbid_extra_keys=True)
    for kinds in ((str,), (bool,), (int,), (float, int)):
        converter.register_structure_hook(kinds[0], _exactly(kinds))
    return converter


def _exactly(kinds: tuple[type, ...]) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if type(value) not in kinds:
            raise TypeError(f"{value!r:.60} is no {kinds[0].__name__}")
        return kinds[0](value)

    return structure


_CONVERTER = strict_converter()
