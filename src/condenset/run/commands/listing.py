"""`condenset list`: what there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tyro.conf import OmitArgPrefixes, Positional

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen
from condenset.run.listing import LISTINGS, Record, citation
from condenset.run.listing_table import ListingTable
from condenset.run.options import Flag, Output

if TYPE_CHECKING:
    from rich.console import RenderableType

_HIDDEN = ("title", "arxiv", "reported", "hash", "cite")  # columns that only the JSON form has
# columns that are left out where the terminal is narrow, these first
_SPARE = ("needs", "offers", "venue", "learners", "kernel", "year", "codec", "family", "exam", "network", "tasks")


@dataclass(frozen=True)
class List:
    """List what there is: methods, kinds of data, datasets, exams, networks, parts of recipes.

    Attributes:
        what: what to list.
        cite: with methods, the BibTeX entries of their papers.
    """

    what: Positional[Literal["methods", "tasks", "datasets", "exams", "networks", "parts"]]
    cite: Flag = False
    output: OmitArgPrefixes[Output] = field(default_factory=Output)

    def run(self, screen: Screen) -> Answer:
        """Read the registry."""
        if self.cite and self.what != "methods":
            raise RequestError(f"--cite belongs to methods, which have papers: leave it out with {self.what}")
        records = LISTINGS[self.what]()
        if not self.cite:
            return Answer(records, (_drawn(records),))
        cited = [record | {"cite": citation(record)} for record in records]
        return Answer(cited, tuple(record["cite"] for record in cited))


def _drawn(records: list[Record]) -> RenderableType:
    heads = [key for key in records[0] if key not in (*_HIDDEN, "summary")] + ["summary"] if records else []
    return ListingTable(heads, [[_cell(record[head]) for head in heads] for record in records], _SPARE)


def _cell(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
