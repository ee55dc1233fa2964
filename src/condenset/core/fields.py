"""Names that carry fields, as in `convnet:width=32,depth=2`, and the dataclass they become."""

from __future__ import annotations

import ast

from condenset.core.errors import RequestError


def split_name(text: str) -> tuple[str, dict[str, object]]:
    """The base name and its fields; values are Python literals or bare words. Raises `RequestError`."""
    name, _, listed = text.partition(":")
    fields: dict[str, object] = {}
    for part in filter(None, listed.split(",")):
        key, equals, value = part.partition("=")
        if not equals:
            raise RequestError(f"cannot read {part!r} in {text!r}: write fields as name=value, separated by commas")
        try:
            fields[key.strip()] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            fields[key.strip()] = value.strip()
    return name, fields
