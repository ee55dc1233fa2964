"""What a stored part takes: bytes of an item, and bytes that all items share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from condenset.core.errors import RequestError


def priced(what: str, part: Any, of: object, options: Mapping[str, Any]) -> tuple[int, int]:
    """Bytes of an item in a codec or a kind of labels, and what all items share, before any are read.

    Args: what, it is, in words; part, the class; of, the spec of inputs or the target. Raises `RequestError` for
    options that it has not.
    """
    try:
        shared: int = part.shared_bytes(of, **options)
        return part.item_bytes(of, **options), shared
    except TypeError as error:
        raise RequestError(f"{what} cannot be built with {options}: {error}") from error
