"""The most that is read of what others made: larger things are refused before they take memory or time."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass

from condenset.core.errors import DataError, RequestError
from condenset.core.fields import split_name

VARIABLE = "CONDENSET_LIMITS"


@dataclass(frozen=True)
class Limits:
    """What nobody needs by accident.

    Attributes:
        bytes: of a file that is read whole, of what it unpacks to, and of what a set decodes to.
        pixels: of a picture.
        columns: of a table.
    """

    bytes: int = 2**30
    pixels: int = 2**26
    columns: int = 2**15

    def check(self, name: str, value: int, what: str) -> None:
        """Raises `DataError` where there are more than the limit of that name. Args: what, that has them."""
        most = getattr(self, name)
        if value > most:
            raise DataError(
                f"{what} has {value:,} {name}, and at most {most:,} are read: where that is right, set "
                f"{VARIABLE}={name}={value}"
            )


def limits() -> Limits:
    """Those that CONDENSET_LIMITS says, as in "pixels=200000000,columns=100000"; it says none in most cases.

    Raises `RequestError` for a name or a number that is none.
    """
    _, said = split_name(f":{os.environ.get(VARIABLE, '')}")
    known = [field.name for field in dataclasses.fields(Limits)]
    wrong = [f"{name}={value}" for name, value in said.items() if name not in known or type(value) is not int]
    if wrong:
        raise RequestError(
            f"{VARIABLE} says {', '.join(wrong)}: give whole numbers for {', '.join(known)}, as in pixels=200000000"
        )
    return dataclasses.replace(Limits(), **said)  # type: ignore[arg-type]  # each was found to be a whole number
