"""The long run: as many inputs as are asked for, each in a process whose end is noticed; exit code 1 where one fails.

`python -m tests.fuzz --inputs 10000 --seed 0`, and `--first 4711 --inputs 1` for one of them again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.working import work

_HUNG = 120  # seconds without an answer: what ends a command that waits did not help


def main() -> int:
    """Run the inputs one after another, say what was found."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz")
    options.add_argument("--inputs", type=int, default=10_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--seconds", type=float, default=float("inf"), help="stop after so many")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="condenset-fuzz-") as folder:
        os.environ["CONDENSET_CACHE"] = str(Path(folder, "cache"))
        return _run(range(given.first, given.first + given.inputs), given.seed, Path(folder), given.seconds)


def _run(numbers: range, seed: int, root: Path, seconds: float) -> int:
    context, began, done, found = multiprocessing.get_context("spawn"), time.monotonic(), 0, 0
    while done < len(numbers) and time.monotonic() - began < seconds:
        ours, theirs = context.Pipe()
        process = context.Process(target=work, args=(theirs, numbers[done:], seed, root), daemon=True)
        process.start()
        theirs.close()
        while done < len(numbers) and time.monotonic() - began < seconds:
            try:
                faults = ours.recv() if ours.poll(_HUNG) else ["no command came back"]
            except EOFError:
                faults = [f"the process died ({process.join() or process.exitcode})"]
            done += 1
            found += bool(faults)
            for fault in faults:
                _say(f"{numbers[done - 1]}: {fault}")
            if faults and isinstance(faults[0], str) and not process.is_alive():
                break
        process.kill()
        process.join()
    _say(f"{done} inputs from {numbers[0]} of seed {seed} in {time.monotonic() - began:.0f} s: {found} with faults")
    return int(found > 0)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
