"""`condenset import` and `condenset export`: sets from others, and for other tools."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen
from condenset.run.options import DataOptions, Output


@dataclass(frozen=True)
class Import:
    """Save a set that others released as one of ours; pickled code is refused.

    Attributes:
        file: the release's file of images, or either one of GCond's two.
        format: "dc" (DC, DSA, DM), "mtt" (MTT, TESLA, FTD, DATM) or "gcond".
        data: the data that it was distilled from.
        out: new folder to write into.
        run_number: with dc, which of the file's sets, from 0.
        rate: with mtt, the learnt learning rate, where no file beside the images holds it.
        opening: how the data are opened.
    """

    file: Annotated[Positional[Path], arg(metavar="FILE")]
    format: Literal["dc", "mtt", "gcond"]
    data: Annotated[str, arg(metavar="DATA")]
    out: Annotated[Path, arg(metavar="FOLDER")]
    run_number: Annotated[int | None, arg(name="run", metavar="N")] = None
    rate: Annotated[float | None, arg(metavar="RATE")] = None
    opening: OmitArgPrefixes[DataOptions] = field(default_factory=DataOptions)
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Read, check against the data, save."""
        from condenset.artifact.importing import import_set
        from condenset.artifact.saving import save
        from condenset.tasks.catalogue import open_task

        if self.out.exists():
            raise RequestError(f"{self.out} exists already: choose another folder")
        task = open_task(self.data, **self.opening.given())
        synthetic = import_set(self.file, self.format, task=task, run=self.run_number, rate=self.rate)
        items = len(synthetic.groups)
        recipe = {"method": "imported", "format": self.format, "file": self.file.name, "size": {"items": items}}
        save(synthetic, task, self.out, recipe)
        size = synthetic.nbytes()
        record = {
            "schema": "condenset.import/1",
            "artifact": str(self.out),
            "format": self.format,
            "task": task.name,
            "items": items,
            "bytes": {"data": size.data, "labels": size.labels, "extras": size.extras},
        }
        told = f"{items} items of {task.name} from {self.file.name}\nsaved in {self.out}"
        return Answer(record, (f"{told}\nnext: condenset evaluate {self.out}",))


@dataclass(frozen=True)
class Export:
    """Write a saved set for other tools.

    Attributes:
        set: folder of the set.
        to: "npz", and of its kind of data "png" (a folder per class), "parquet", "csv", "hf" (for the Hub), "pyg", ...
        out: new file or folder.
    """

    set: Annotated[Positional[Path], arg(metavar="SET")]
    to: Annotated[str, arg(metavar="FORMAT")]
    out: Annotated[Path, arg(metavar="PATH")]
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Read, decode, write."""
        from condenset.artifact.exporting import export_set
        from condenset.artifact.reading import read

        export_set(read(self.set), self.to, self.out)
        record = {"schema": "condenset.export/1", "artifact": str(self.set), "to": self.to, "out": str(self.out)}
        return Answer(record, (f"written: {self.out}",))
