"""The command line, made from the commands' dataclasses.

Exit codes: 0 done, 1 the work failed, 2 the request was wrong.
"""

from __future__ import annotations

import errno
import importlib
import io
import logging
import os
import shlex
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Annotated, Any

import tyro
from tyro.conf import subcommand

from condenset.core.errors import CondensetError, LimitReached, RequestError
from condenset.core.process import keep_freed_memory, wait_asleep
from condenset.run.console import Command, Continues, Screen, Works

_DESCRIPTION = (
    "Distil any dataset into a tiny synthetic one, and prove what it is worth. --version says which condenset this is."
)
_HERE = Path(__file__).parent
_OF_DISKS = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
_STOPPED = 130  # what a shell reports for a program that was interrupted
_UNREAD = 141  # and for one whose reader has gone, as after `| head`

_COMMANDS = {
    "demo": "demo.Demo",
    "distill": "distill.Distill",
    "extend": "extend.Extend",
    "evaluate": "evaluate.Evaluate",
    "compare": "compare.Compare",
    "recommend": "recommend.Recommend",
    "explain": "explain.Explain",
    "report": "report.Report",
    "list": "listing.List",
    "import": "exchange.Import",
    "export": "exchange.Export",
    "reproduce": "reproduce.Reproduce",
    "bench": "bench.Bench",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code.

    Args: arguments, those of the process when None.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Unicode shows a question mark
    try:
        code = _answered(given)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the interpreter writes once more at its exit
        return _UNREAD


def _answered(given: list[str]) -> int:
    wait_asleep()
    if given == ["--version"]:
        from importlib.metadata import version

        sys.stdout.write(f"condenset {version('condenset')}\n")
        return 0
    try:
        command = _parsed(given)
    except SystemExit as stop:
        return int(stop.code or 0)
    keep_freed_memory()
    if _served(command):
        return 0
    screen = Screen()
    with _warnings_as_notes(screen), _logs_as_lines(screen), _termination_as_interrupt():
        return _run(command, screen, given)


def _served(command: Command) -> bool:
    """Whether this process is one of torchrun's that serve the first, which it has done then."""
    if int(os.environ.get("RANK", "0")) == 0 or "MASTER_ADDR" not in os.environ:
        return False
    if isinstance(command, Works) and command.workers.executor == "torchrun":
        from condenset.run.executors.torchrun import serve

        serve()
    return True


def _parsed(given: list[str]) -> Command:
    """The command. Raises `SystemExit` after the help, or with code 2 after a usage error."""
    written = io.StringIO()
    try:
        with redirect_stderr(written):
            command: Any = tyro.cli(_commands(given), prog="condenset", description=_DESCRIPTION, args=given)
    except SystemExit as stop:
        sys.stderr.write(written.getvalue())
        if stop.code and "--json" in given:
            Screen().tell_failure("UsageError", _plain(written.getvalue()))
        raise
    return command


def _commands(given: Sequence[str]) -> Any:
    """The type of all commands, of which only the one that is given is imported: the others are a line of help.

    A shell that is to complete them is told of all.
    """
    named = next((word for word in given if word in _COMMANDS), None)
    completing = any(word.startswith("--tyro-") for word in given)
    every = []
    for name, place in _COMMANDS.items():
        module, title = place.split(".")
        if completing or name == named:
            kind = getattr(importlib.import_module(f"condenset.run.commands.{module}"), title)
        else:
            kind = dataclass(type(title, (), {"__doc__": _summary(module, title)}))
        every.append(Annotated[kind, subcommand(name)])
    return reduce(or_, every)


def _summary(module: str, title: str) -> str:
    """The first line of a command's docstring, from the text of its module."""
    text = (_HERE / "commands" / f"{module}.py").read_text(encoding="utf8")
    return text.split(f"\nclass {title}:\n")[1].split('"""')[1].split("\n")[0]


def _run(command: Command, screen: Screen, given: Sequence[str]) -> int:
    untold = command.output.json
    try:
        answer = command.run(screen)
        screen.answer(answer, command.output.json)
        untold = False  # the one JSON object is out
        more = answer.then()
        if not command.output.json:
            screen.show(more)
    except (KeyboardInterrupt, LimitReached) as stop:
        again = command.continued(given) if isinstance(command, Continues) else ()
        stopped = f"stopped: {stop}" if str(stop) else "stopped"
        screen.say(f"{stopped}; go on with: {shlex.join(['condenset', *again])}" if again else stopped)
        return _STOPPED
    except BrokenPipeError:
        raise
    except Exception as error:  # whatever it is, the user gets one line and the caller an exit code
        if command.output.debug:
            traceback.print_exc()
        told = _of_a_path(error) if isinstance(error, OSError) else error
        known = isinstance(told, CondensetError)
        message = str(told) if known else f"unexpected {type(told).__name__}: {told} (--debug shows where)"
        screen.fail(type(told).__name__, message, untold)
        return 2 if isinstance(told, RequestError) else 1
    return 0


def _of_a_path(error: OSError) -> Exception:
    """What the system says of a path that was given, as the wrong request that it is; a fault of the disk as it is."""
    if error.errno in _OF_DISKS or error.filename is None:
        return error
    return RequestError(f"{error.filename} cannot be used ({error.strerror}): check the path, and who may read it")


@contextmanager
def _termination_as_interrupt() -> Iterator[None]:
    """SIGTERM, as schedulers of clusters send it, ends a command as Ctrl-C does: no worker and no file is left over."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():  # which alone hears signals
        yield
        return
    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _plain(box: str) -> str:
    """The text of a usage error without the frame around it."""
    lines = (line.strip("╭╮╰╯│─ \t") for line in box.splitlines())
    return " ".join(line for line in lines if line)


class _Lines(logging.Handler):
    """Says what is logged."""

    def __init__(self, screen: Screen) -> None:
        super().__init__(logging.INFO)
        self._screen = screen

    def emit(self, record: logging.LogRecord) -> None:
        self._screen.say(record.getMessage())


@contextmanager
def _logs_as_lines(screen: Screen) -> Iterator[None]:
    """How far what the library trains beforehand is."""
    logger, lines = logging.getLogger("condenset"), _Lines(screen)
    before = logger.level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.setLevel(before)
        logger.removeHandler(lines)


@contextmanager
def _warnings_as_notes(screen: Screen) -> Iterator[None]:
    """What users can act on as one line each; deprecations and PyTorch's own warnings not at all."""

    def show(message: Warning | str, category: type[Warning], filename: str, *_: Any, **__: Any) -> None:
        if category is UserWarning and "torch" not in Path(filename).parts:
            screen.note(str(message))

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
