"""Files of the format .ts, in which the UCR and UEA archives and aeon keep labelled series.

A header of lines that begin with @, the last of them @data; then a line for every series: the numbers of a channel are
separated by commas, channels and the label, which comes last, by colons. What begins with # is a comment.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float

from condenset.core.errors import DataError
from condenset.core.untrusted_file import read_regular
from condenset.tasks.labelled_series.raw import Part, expect_usable

SUFFIX = ".ts"
_KNOWN = (
    "problemname", "timestamps", "missing", "univariate", "dimension", "dimensions", "equallength", "serieslength",
    "classlabel", "targetlabel", "data",
)  # fmt: skip
_GAP = "?"


@dataclass(frozen=True)
class Header:
    """What a file declares.

    Attributes:
        classes: the labels that occur.
        channels: how many there are; None: it does not say.
        equal: whether all series have the same length; undeclared, they must.
        length: of all series; None: it does not say.
    """

    classes: tuple[str, ...]
    channels: int | None
    equal: bool
    length: int | None


def read_ts(path: Path) -> tuple[Part, Header]:
    """Series (channels, steps) with their labels, and what the file declares of them.

    Raises `DataError`, with the line, for what is not of the format, for times beside the values, for numbers instead
    of classes, for gaps, and where series are other than declared.
    """
    try:
        text = read_regular(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is no text in UTF-8 ({error}): expected a .ts file") from error
    except FileNotFoundError as error:
        raise DataError(f"no file {str(path)!r}: give the path of a .ts file") from error
    lines = _numbered(text)
    header = _header(lines, path.name)
    read = [_series(line, number, header, path.name) for number, line in lines]
    part = Part(tuple(values for values, _ in read), pd.Series([label for _, label in read], name="label", dtype=str))
    return expect_usable(part, path.name, not header.equal, "declare @equalLength false in the header"), header


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
    return ((number, line) for number, line in lines if line and not line.startswith("#"))


def _header(lines: Iterator[tuple[int, str]], name: str) -> Header:
    """Reads up to @data."""
    said: dict[str, list[str]] = {}
    for number, line in lines:
        key, *values = line.split()
        key = key.removeprefix("@").lower()
        if not line.startswith("@") or key not in _KNOWN:
            raise DataError(f"line {number} of {name} is {line[:40]!r}: expected one of @{', @'.join(_KNOWN)}")
        if key in said:
            raise DataError(f"line {number} of {name} says @{key} again: keep one of the two")
        said[key] = values
        if key == "data":
            return _declared(said, name)
    raise DataError(f"{name} has no line @data: expected a header that ends in it, and the series below")


def _declared(said: dict[str, list[str]], name: str) -> Header:
    if _truth(said, "timestamps", False, name):
        raise DataError(f"{name} has times beside its values (@timestamps true): bring the series to equal steps first")
    if not _truth(said, "classlabel", False, name):
        raise DataError(f"{name} has no @classLabel true and the classes after it: series are sorted into classes here")
    channels = _number(said, "dimensions", name) or _number(said, "dimension", name)
    if _truth(said, "univariate", False, name):
        if channels not in (None, 1):
            raise DataError(f"{name} says @univariate true and {channels} dimensions: mend one of the two")
        channels = 1
    equal = _truth(said, "equallength", True, name)
    return Header(
        tuple(said["classlabel"][1:]), channels, equal, _number(said, "serieslength", name) if equal else None
    )


def _truth(said: dict[str, list[str]], key: str, otherwise: bool, name: str) -> bool:
    if key not in said:
        return otherwise
    word = " ".join(said[key][:1]).lower()
    if word not in ("true", "false"):
        raise DataError(f"{name} says @{key} {' '.join(said[key])[:40]!r}: expected true or false")
    return word == "true"


def _number(said: dict[str, list[str]], key: str, name: str) -> int | None:
    if key not in said:
        return None
    word = " ".join(said[key])
    if not word.isdecimal() or int(word) < 1:
        raise DataError(f"{name} says @{key} {word[:40]!r}: expected a number from 1 on")
    return int(word)


def _series(line: str, number: int, header: Header, name: str) -> tuple[Float[np.ndarray, "channels _"], str]:
    where = f"line {number} of {name}"
    *channels, label = (cell.strip() for cell in line.split(":"))
    if header.channels is not None and len(channels) != header.channels:
        raise DataError(f"{where} has {len(channels)} channels and a label, {header.channels} are declared")
    if not channels:
        raise DataError(f"{where} is {line[:40]!r}: expected numbers, a colon and a label")
    if label not in header.classes:
        raise DataError(f"{where} has label {label[:40]!r}: @classLabel declares {', '.join(header.classes[:12])}")
    values = [_values(channel.split(","), where) for channel in channels]
    if len({len(channel) for channel in values}) > 1:
        raise DataError(f"{where} has channels of {[len(channel) for channel in values]} steps: expected one length")
    if header.length not in (None, len(values[0])):
        raise DataError(f"{where} has {len(values[0])} steps, @seriesLength declares {header.length}")
    return np.stack(values), label


def _values(cells: Sequence[str], where: str) -> Float[np.ndarray, " steps"]:
    """Numbers; NaN where the file says that one is missing."""
    try:
        return np.array([np.nan if cell.strip() == _GAP else float(cell) for cell in cells])
    except ValueError as error:
        raise DataError(f"{where}: {error}; expected numbers between commas, ? where one is missing") from error
