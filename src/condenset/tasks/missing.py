"""What is said of data that are not there: a path that does not exist is no name that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from condenset.core.errors import RequestError, UnknownNameError


def not_there(noun: str, source: str | Path, names: Iterable[str]) -> RequestError:
    """The error for what is neither there nor known, by how it is spelt.

    Args: noun, what a name would name ("dataset"); names, the known ones.
    """
    text, known = str(source), sorted(names)
    path = bool(Path(text).suffix) or any(mark in text for mark in "/\\~")
    unknown = UnknownNameError(noun, text, known)
    if unknown.nearest and not path:
        return unknown
    neither = "" if path else f" and no {noun} of that name"
    return RequestError(
        f"there is no file or folder {text!r}{neither}: give a path that exists, or one of {', '.join(known)}"
    )
