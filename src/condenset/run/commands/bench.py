"""`condenset bench`: the performance suite, as ratios."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, arg

from condenset.core.errors import UnknownNameError
from condenset.run.console import Answer, Screen, table
from condenset.run.options import Names, Output


@dataclass(frozen=True)
class Bench:
    """Measure speed and memory against the plain algorithms, side by side on this machine; best on an idle one.

    Every row is told on standard error as soon as it is measured.

    Attributes:
        suite: quick takes a few minutes.
        only: some measurements, between commas.
        into: folder to record the rows in, a file per measurement; nowhere when left out.
        output: how to answer.
    """

    suite: Literal["quick", "full"] = "quick"
    only: Names = ()
    into: Annotated[Path | None, arg(metavar="FOLDER")] = None
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Run the measurements one after another."""
        from condenset.bench.machine import describe
        from condenset.core.registries import MEASUREMENTS
        from condenset.report.speed import SPEED_HEADS, SPEED_SCHEMA, speed_cells, write_speed

        known = MEASUREMENTS.names()
        for name in self.only:
            if name not in known:
                raise UnknownNameError("measurement", name, known)
        suites = ("quick", self.suite)
        chosen = self.only or [name for name in known if MEASUREMENTS.get(name).suite in suites]
        machine, lines = describe(), []
        with screen.progress("measuring", "measurements") as track:
            for number, name in enumerate(chosen):
                track(number, len(chosen), name)
                rows = []
                for row in MEASUREMENTS.get(name).measure():
                    rows.append(row.record())
                    screen.say("  ".join(filter(None, speed_cells(rows[-1]))))
                lines += rows
                if self.into is not None:
                    write_speed(self.into / f"{name}.json", machine, rows)
        shown = table(SPEED_HEADS, [speed_cells(row) for row in lines], SPEED_HEADS[1:4])
        record = {"schema": SPEED_SCHEMA, "machine": machine, "rows": lines}
        return Answer(record, (", ".join(machine.values()), shown))
