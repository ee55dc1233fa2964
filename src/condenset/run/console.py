"""The terminal: progress and messages on standard error, answers on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from condenset.core.now_and_then import NowAndThen
from condenset.core.plain_text import escaped, one_line
from condenset.run.options import Output, WorkerOptions

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDE = 160  # columns where the output is no terminal


@dataclass(frozen=True)
class Answer:
    """What a command found.

    Attributes:
        record: JSON-able, for programs.
        shown: for people: text, or tables and texts below each other.
        then: done once that is out, so that it is lost by no failure; what more is shown of it.
    """

    record: Any
    shown: tuple[RenderableType, ...]
    then: Callable[[], tuple[RenderableType, ...]] = tuple


@runtime_checkable
class Command(Protocol):
    """A command: a frozen dataclass whose fields are its options."""

    @property
    def output(self) -> Output:
        """How the command answers: as text or as JSON."""

    def run(self, screen: Screen) -> Answer:
        """Do the command's work and return what it answers; progress goes to the screen."""


@runtime_checkable
class Continues(Protocol):
    """A command whose work is kept as far as it came."""

    def continued(self, given: Sequence[str]) -> Sequence[str]:
        """The words that go on where it was stopped; none where nothing was kept. Args: given, those of the command."""


@runtime_checkable
class Works(Protocol):
    """A command whose jobs may go to workers."""

    @property
    def workers(self) -> WorkerOptions:
        """Which these are."""


@runtime_checkable
class Tracker(Protocol):
    """Moves a progress bar: units done, units in all (None: unknown), what is said beside it."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """Show how far the work is."""


class Screen:
    """Where a command talks while it works. Pickled, it arrives quiet: the bars of workers would cover each other."""

    def __init__(self, quiet: bool = False) -> None:
        """Args: quiet, whether no progress is drawn."""
        self._quiet = quiet

    def __reduce__(self) -> tuple[Any, ...]:
        return Screen, (True,)

    @contextmanager
    def progress(self, title: str, unit: str) -> Iterator[Tracker]:
        """A bar with a note (the loss), the rate in `unit`/s and the time left; it vanishes at the end.

        Where there is no terminal, a line now and then.
        """
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed:.0f}/{task.total:.0f}"),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[note]}"),
        )
        console = _console(stderr=True)
        if not console.is_terminal:
            yield _silent if self._quiet else NowAndThen(title, self.say)
            return
        with Progress(*columns, console=console, transient=True, disable=self._quiet) as bar:
            line = bar.add_task(title, total=1, rate="", note="")

            def track(done: int, total: int | None = None, note: str = "") -> None:
                speed = bar.tasks[0].speed
                rate = "" if speed is None else f"{speed:.1f} {unit}/s"
                bar.update(line, completed=done, total=total, note=note, rate=rate)

            yield track

    def say(self, text: str) -> None:
        """A line for people, beside the answer."""
        sys.stderr.write(f"{escaped(text)}\n")

    def note(self, message: str) -> None:
        """What people can act on, as one line."""
        self.say(one_line(f"note: {message}"))

    def fail(self, kind: str, message: str, as_json: bool) -> None:
        """Why a command failed, as one line, and as the one JSON object where that is asked for."""
        line = one_line(message)
        self.say(f"error: {line}")
        if as_json:
            self.tell_failure(kind, line)

    def tell_failure(self, kind: str, message: str) -> None:
        """The one JSON object of a command that failed."""
        _write_json({"error": {"kind": kind, "message": one_line(message)}})

    def answer(self, answer: Answer, as_json: bool) -> None:
        """Print the answer, as one JSON object or for people."""
        if as_json:
            _write_json(answer.record)
        else:
            self.show(answer.shown)

    def show(self, parts: Sequence[RenderableType]) -> None:
        """Text, or tables and texts below each other."""
        console = _console()
        for part in parts:
            if isinstance(part, str):
                console.print(escaped(part), markup=False, highlight=False, soft_wrap=True)
            else:
                console.print(part)


def _silent(done: int, total: int | None = None, note: str = "") -> None:
    pass


def table(heads: Sequence[str], lines: Sequence[Sequence[str]], numbers: Sequence[str] = ()) -> RenderableType:
    """A table of finished cells; columns named in `numbers` are aligned to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in heads:
        drawn.add_column(head, justify="right" if head in numbers else "left", overflow="fold")
    for line in lines:
        drawn.add_row(*(Text(escaped(cell)) for cell in line))
    return drawn


def _write_json(record: Any) -> None:
    sys.stdout.write(json.dumps(record, allow_nan=False) + "\n")


def _console(stderr: bool = False) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else _WIDE)
