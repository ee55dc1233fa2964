"""Some damaged inputs of every cheap kind are borne, and what would be a fault is seen; `make fuzz` tries thousands."""

from __future__ import annotations

import mmap
import pickle
import re
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from condenset.core.registries import MODALITIES
from tests.fuzz import inputs
from tests.fuzz.damage import CANARY, damage, pickled
from tests.fuzz.inputs import Pristine, judge
from tests.fuzz.subjects import KINDS, SUBJECTS

SLOW = ("set", "run", "table", "log", "gcond")
CHEAP = tuple(name for name in SUBJECTS if name not in SLOW and not name.startswith("set of"))


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Pristine:
    return Pristine(tmp_path_factory.mktemp("pristine"))


def test_damaged_inputs_are_borne(pristine: Pristine, tmp_path: Path) -> None:
    found = [fault for number in range(24) for fault in judge(number, 0, pristine, tmp_path / str(number), CHEAP)]
    assert not found, "\n".join(map(str, found))


def test_files_of_every_kind_of_data_are_damaged() -> None:
    own = replace(MODALITIES, plugins=False)
    reading = {name.replace("-", "_") for name in own.names() if own.declared(name).get("files")}
    assert reading == set(KINDS), "tests/fuzz/kinds/ has a file for each kind that reads files"


def test_the_same_number_is_the_same_damage(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(bytes(range(256)) * 9)
    for number in range(20):
        how = [damage(tmp_path / name, Random(f"0/{number}")) for name in ("a", "b")]
        assert how[0] == how[1]
        for name in ("a", "b"):
            (tmp_path / name).unlink(missing_ok=True) if not (tmp_path / name).is_dir() else (tmp_path / name).rmdir()
            (tmp_path / name).write_bytes(bytes(range(256)) * 9)


def test_a_canary_sings_where_it_is_unpickled(tmp_path: Path) -> None:
    for number in range(50):
        pickled(tmp_path / "set.pt", Random(number))
        with suppress(pickle.UnpicklingError, ValueError, EOFError, FileExistsError):
            pickle.loads((tmp_path / "set.pt").read_bytes())
    assert (tmp_path / CANARY).is_dir()


def _pickles(_: Sequence[str]) -> int:
    Path(CANARY).mkdir()
    return 0


def _shouts(_: Sequence[str]) -> int:
    sys.stderr.write("error: \x1b[2J\n")
    return 2


def _rambles(_: Sequence[str]) -> int:
    sys.stderr.write("error: a\nerror: b\n")
    return 2


def _fails(_: Sequence[str]) -> int:
    sys.stderr.write("error: unexpected KeyError: 3\n")
    return 1


def _breaks(_: Sequence[str]) -> int:
    raise KeyError(3)


def _hogs(_: Sequence[str]) -> int:
    """Memory of its own, for the heap may hold that of earlier tests."""
    with mmap.mmap(-1, 2**29) as held:
        for _ in range(2**9):
            held.write(b"x" * 2**20)
    return 0


def _lingers(_: Sequence[str]) -> int:
    while True:
        pass


def _accepts(_: Sequence[str]) -> int:
    return 0


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        (_pickles, "ran code"),
        (_shouts, "control characters"),
        (_rambles, "no error of one line"),
        (_fails, "exit code 1: error: unexpected KeyError"),
        (_breaks, "KeyError came through"),
        (_hogs, r"it took \d+ MiB"),
        (_lingers, "more than 0.1 s"),
        (_accepts, "took tensors that were changed"),
    ],
)
def test_what_would_be_a_fault_is_seen(
    command: Callable[[Sequence[str]], int],
    fault: str,
    pristine: Pristine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inputs, "main", command)
    monkeypatch.setattr(inputs, "MEMORY", 2**27)
    monkeypatch.setattr(inputs, "SECONDS", 0.1 if command is _lingers else 10.0)
    subject = ("old iris-rows",)
    assert any(
        re.search(fault, str(one))
        for number in range(12)
        for one in judge(number, 0, pristine, tmp_path / "here", subject)
    )
