"""What can go wrong: one small family of errors, each saying what was wrong, what was expected and what to do.

`RequestError` and its kinds mean that the request was wrong (exit code 2 of the command line); every other
`CondensetError` means that the work itself failed (exit code 1).
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any


class CondensetError(Exception):
    """Base of every error raised on purpose; catch it to catch them all."""

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled with the message as it is, whatever the constructor makes it from, so that workers can send it."""
        return _with_message, (type(self), self.args), self.__dict__


def _with_message(kind: type[CondensetError], message: tuple[str, ...]) -> CondensetError:
    return kind.__new__(kind, *message)


class RequestError(CondensetError):
    """The request was wrong: an unknown name, an impossible budget, an option that does not fit."""


class DataError(RequestError):
    """The user's data cannot be used as it is: empty, ragged, not finite, unreadable, badly labelled."""


class BudgetError(RequestError):
    """The budget is zero, larger than the data, or more than `--max-memory` / `--max-time` allow."""


class ArtifactError(RequestError):
    """A saved set is truncated, altered, hostile, or of a schema that this version does not know."""


@contextmanager
def as_artifact_error() -> Iterator[None]:
    """What is wrong with a file, said as what is wrong with a saved set."""
    try:
        yield
    except DataError as error:
        raise ArtifactError(str(error)) from error


class UnknownNameError(RequestError):
    """A name that is not registered; the message gives the nearest one and the whole list."""

    def __init__(self, noun: str, name: str, known: Iterable[str]) -> None:
        """Args: noun, what the name should name ("method"); name, as given; known, the registered names."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? " if near else ""
        super().__init__(f"unknown {noun} {name!r}: {hint}known are {', '.join(names) or 'none'}")
        self.nearest = near[0] if near else None


class PluginError(RequestError):
    """A thing that another package brings cannot be used; the message names it, the package and the reason."""

    def __init__(self, noun: str, name: str, package: str, fault: str) -> None:
        """Args: noun, what the name should name ("method"); package, as it is installed; fault, the reason."""
        mend = "mend that package or uninstall it"
        super().__init__(f"the {noun} {name!r} of the package {package!r} cannot be used: {fault}; {mend}")


class MissingExtraError(RequestError):
    """An optional library is not installed; the message names the extra that brings it."""

    def __init__(self, library: str, extra: str) -> None:
        """Args: library, the module that could not be imported; extra, the name in `pip install condenset[extra]`."""
        super().__init__(f"{library!r} is needed here and is not installed: run pip install 'condenset[{extra}]'")


class LimitReached(CondensetError):
    """A run has come to the time or the memory that it may take, and stops as if it was interrupted: it can be resumed.

    The message says which, and what to do.
    """


class DivergenceError(CondensetError):
    """A run went wrong: a value was not finite twice, or the objective ended worse than it began or than nothing.

    The message says where, and what to lower.
    """
