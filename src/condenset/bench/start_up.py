"""How long `condenset --help` and `condenset list methods` take."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial

from condenset.bench.measurement import BenchRow, Measurement, in_turns

_ASKED = ("--help", "list methods")


def _run(arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "condenset", *arguments.split()], check=True, capture_output=True)


def measure() -> Iterator[BenchRow]:
    """Wall time of a new process."""
    works = {arguments: partial(_run, arguments) for arguments in _ASKED}
    for arguments, time in in_turns(works).items():
        yield BenchRow(f"condenset {arguments}", time, "s", None, "", ("at most", 0.6))


MEASUREMENT = Measurement("quick", measure)
