"""The process that inputs are judged in: a module of its own, for a spawned process does not run `__main__` again."""

from __future__ import annotations

import faulthandler
from multiprocessing.connection import Connection
from pathlib import Path


def work(connection: Connection, numbers: range, seed: int, root: Path) -> None:
    """Judge the inputs one after another, and send what was found of each as a list of lines."""
    faulthandler.enable()
    from tests.fuzz.inputs import Pristine, judge

    pristine = Pristine(root / "pristine")
    for number in numbers:
        connection.send([str(fault) for fault in judge(number, seed, pristine, root / f"input {number}")])
