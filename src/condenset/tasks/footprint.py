"""Bytes of training data as their owner counts them: the files that they lie in, and what an example costs there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from condenset.core.untrusted_file import is_regular


@dataclass(frozen=True)
class Footprint:
    """What training data take as they are.

    Attributes:
        files: bytes of the files that hold the training examples, the share of these where others are held out of them;
            None: in no file, or in one that is not known.
        example: bytes of one example with its label in its natural format, on average; None: no less than as a set
            stores it.
    """

    files: int | None = None
    example: int | None = None


def footprint(files: int | None, examples: int, native: int) -> Footprint:
    """Where an example costs its share of the files, or its values in their own types where these take less.

    Args: files, bytes; examples, how many lie in them; native, bytes of an example with its label in its own types.
    """
    return Footprint(files, native if files is None else min(native, -(-files // examples)))


def share(files: int | None, part: int, whole: int) -> int | None:
    """Bytes of a part of the examples in files of so many bytes."""
    return None if files is None else round(files * part / whole)


def bytes_on_disk(files: Iterable[Path]) -> int:
    """Bytes of all these files, of those that are there."""
    return sum(file.stat().st_size for file in files if is_regular(file))


def index_bytes(levels: int) -> int:
    """Bytes of the smallest whole number that tells so many values apart."""
    return 1 if levels <= 2**8 else 2 if levels <= 2**16 else 4
