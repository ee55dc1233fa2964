"""`condenset bench`: the performance suite, as ratios."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from tyro.conf import OmitArgPrefixes, arg

from condenset.core.errors import UnknownNameError
from condenset.run.console import Answer, Screen, table
from condenset.run.options import Names, Output

if TYPE_CHECKING:
    from condenset.bench.measurement import Row


@dataclass(frozen=True)
class Bench:
    """Measure speed and memory against the plain algorithms, side by side on this machine; best on an idle one.

    Attributes:
        suite: quick takes a few minutes.
        only: some measurements, between commas.
        into: folder to record the rows in, a file per suite; nowhere when left out.
        output: how to answer.
    """

    suite: Literal["quick", "full"] = "quick"
    only: Names = ()
    into: Annotated[Path | None, arg(metavar="FOLDER")] = None
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Run the measurements one after another."""
        from condenset.bench.machine import describe
        from condenset.bench.measurement import MEASUREMENTS

        known = MEASUREMENTS.names()
        for name in self.only:
            if name not in known:
                raise UnknownNameError("measurement", name, known)
        rows: list[Row] = []
        chosen = self.only or [name for name in known if self.suite == "full" or _quick(name)]
        with screen.progress("measuring", "measurements") as track:
            for number, name in enumerate(chosen):
                track(number, len(chosen), name)
                rows += MEASUREMENTS.get(name).measure()
        machine = describe()
        record = {"schema": "condenset.bench/1", "machine": machine, "rows": [row.record() for row in rows]}
        numbers = ["value", "ratio", "target"]
        if self.into is not None:
            self.into.mkdir(parents=True, exist_ok=True)
            (self.into / f"{self.suite}.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf8")
        shown = table(["measured", *numbers, "against"], [_cells(row) for row in rows], numbers)
        return Answer(record, (", ".join(f"{value}" for value in machine.values()), shown))


def _quick(name: str) -> bool:
    from condenset.bench.measurement import MEASUREMENTS

    return bool(MEASUREMENTS.get(name).suite == "quick")


def _cells(row: Row) -> list[str]:
    ratio = "" if row.ratio is None else f"{row.ratio:.2f}"
    target = "" if row.target is None else f"{row.target[0]} {row.target[1]:g} {'✓' if row.met else '✗'}"
    return [row.name, f"{row.value:.3g} {row.unit}", ratio, target, row.against]
