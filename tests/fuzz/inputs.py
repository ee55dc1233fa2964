"""One damaged input: made from a number, read by every command that reads it, and judged."""

from __future__ import annotations

import io
import os
import resource
import shutil
import signal
import time
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType

from condenset.run.cli import main
from tests.fuzz.damage import CANARY, copied, damage
from tests.fuzz.subject import Commands, Subject, Words
from tests.fuzz.subjects import SUBJECTS

SECONDS = 10.0  # of the processor, for one command
STOPPED = 130  # the exit code of a run that came to the limit that it was given
MEMORY = 2**30  # bytes beyond what the process has before
_RESERVE = 2**33  # bytes of addresses, of which allocators reserve some that they never use
_LONGEST = 520  # characters of a line that says an error


class TooLong(BaseException):
    """A command took longer than `SECONDS`."""


@dataclass(frozen=True)
class Fault:
    """What a command should not have done."""

    number: int
    input: str
    command: str
    what: str

    def __str__(self) -> str:
        return f"input {self.number} ({self.input}): condenset {self.command}: {self.what}"


class Pristine:
    """The undamaged folders, each made when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def of(self, name: str) -> Path:
        """The folder of a subject."""
        folder = self.root / name
        if not folder.exists():
            making = self.root / f"making {name}"
            making.mkdir(parents=True)
            with _inside(making), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                SUBJECTS[name].make()
            making.rename(folder)
        return folder


def judge(
    number: int, seed: int, pristine: Pristine, here: Path, subjects: Sequence[str] = tuple(SUBJECTS)
) -> list[Fault]:
    """Damage what the number and the seed say in the new folder `here`, which is removed afterwards; the faults."""
    random = Random(f"{seed}/{number}")
    name = random.choice(subjects)
    subject, whole = SUBJECTS[name], pristine.of(name)
    copied(whole, here)
    try:
        glob, commands = random.choice([pair for pair in subject.read.items() if any(here.glob(pair[0]))])
        path = random.choice(sorted(path for path in here.glob(glob) if path.is_file()))
        relative = path.relative_to(here)
        how = damage(path, random)
        with _inside(here):
            found = list(_faults(subject, commands, whole, relative))
        return [Fault(number, f"{name}, {relative}, {how}", *fault) for fault in found]
    finally:
        shutil.rmtree(here, ignore_errors=True)


def _faults(subject: Subject, commands: Commands, whole: Path, damaged: Path) -> Iterator[tuple[str, str]]:
    there = str(damaged) == subject.sealed and os.path.lexists(damaged)  # a page stands without the tensors, too
    sealed = there and not _same(damaged, whole / damaged) and not _forged(damaged, whole)
    refused = True
    for words in commands:
        code, faults = _run(words)
        refused &= code == 2
        if sealed and code == 0:
            faults.append("it took tensors that were changed")
        if subject.result and words[0] == "distill" and code == 0 and not _same(Path(subject.result), Path("expected")):
            faults.append("it did not end with the bytes of the run that was left alone")
        yield from ((" ".join(words), fault) for fault in faults)
    for words in subject.slow if refused else ():
        yield from ((" ".join(words), fault) for fault in _run(words)[1])


def _run(words: Words) -> tuple[int, list[str]]:
    """A command's exit code, and what was wrong with how it went."""
    out, err, began, held = io.StringIO(), io.StringIO(), time.process_time(), _held_since_now()
    try:
        with redirect_stdout(out), redirect_stderr(err), _bounded():
            code = main(words)
    except TooLong:
        return 2, [f"it took more than {SECONDS:g} s"]
    except BaseException as error:
        return 1, [f"{type(error).__name__} came through: {error}"]
    faults = []
    said = err.getvalue().splitlines()
    if code == STOPPED and said[-1].startswith("stopped: "):
        code = 0
    if code not in (0, 2) and not (code == 1 and "not finite" in err.getvalue()):
        faults.append(f"exit code {code}: {said[-1] if said else ''}")
    if code and (sum(line.startswith("error: ") for line in said) != 1 or not said[-1].startswith("error: ")):
        faults.append(f"no error of one line: {err.getvalue()!r:.300}")
    if code and max(map(len, said), default=0) > _LONGEST:
        faults.append("an error of endless length")
    if any(unicodedata.category(c) in ("Cc", "Cf") and c != "\n" for c in out.getvalue() + err.getvalue()):
        faults.append(f"control characters: {(err.getvalue() + out.getvalue())!r:.300}")
    if time.process_time() - began > SECONDS:
        faults.append(f"it took {time.process_time() - began:.0f} s")
    if (taken := _most_held() - held) > MEMORY:
        faults.append(f"it took {taken / 2**20:.0f} MiB")
    if any(Path().rglob(CANARY)):
        faults.append("it ran code of the file")
    return code, faults


def _same(path: Path, other: Path) -> bool:
    """Whether a file has the bytes of another; a pipe, a link or a sparse file has not."""
    regular = path.is_file() and not path.is_symlink() and path.stat().st_size == other.stat().st_size
    return regular and path.read_bytes() == other.read_bytes()


def _forged(path: Path, whole: Path) -> bool:
    """Whether the card was made to agree: who recomputes digests can say anything, see SECURITY.md."""
    return (path.parent / "card.json").read_bytes() != (whole / path.parent / "card.json").read_bytes()


def _held_since_now() -> int:
    """Bytes that this process holds; the most that it has held is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _most_held()


def _most_held() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _bounded() -> Iterator[None]:
    """Ends what takes too long, and gives it no more memory than is allowed."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TooLong

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before = signal.signal(signal.SIGPROF, stop)
    resource.setrlimit(resource.RLIMIT_AS, (taken + _RESERVE, hard))
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
        signal.signal(signal.SIGPROF, before)
