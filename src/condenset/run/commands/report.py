"""`condenset report`: one self-contained page from run folders."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from tyro.conf import OmitArgPrefixes, Positional, arg

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen
from condenset.run.options import Output


@dataclass(frozen=True)
class Report:
    """Write one page, which loads nothing from elsewhere, from one or more saved sets.

    Attributes:
        sets: folders of sets; several are compared first.
        out: the page, a .html file; an existing one is replaced.
    """

    sets: Annotated[Positional[tuple[Path, ...]], arg(metavar="SET ...")]
    out: Annotated[Path, arg(metavar="FILE")] = Path("condenset-report.html")
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Read the folders, write the page."""
        from condenset.report.page import write_page

        if self.out.suffix.lower() not in (".html", ".htm") or self.out.is_dir():
            raise RequestError(f"{self.out} is no name of a page: give --out a file that ends in .html")
        if not self.out.parent.is_dir():
            raise RequestError(f"{self.out.parent} is no folder: make it first, or choose another place for the page")
        page = write_page(self.sets, self.out)
        record = {"schema": "condenset.report/1", "page": str(page), "sets": [str(folder) for folder in self.sets]}
        return Answer(record, (f"page written: {page}",))
