"""`condenset list`: what there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tyro.conf import OmitArgPrefixes, Positional

from condenset.core.errors import RequestError
from condenset.run.console import Answer, Screen, table
from condenset.run.listing import LISTINGS, Record, citation
from condenset.run.options import Flag, Output

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderableType

_HIDDEN = ("title", "arxiv", "reported", "hash", "cite")  # columns that only the JSON form has
# columns that are left out where the terminal is narrow, these first
_SPARE = ("needs", "offers", "venue", "learners", "kernel", "year", "codec", "family", "exam", "network", "tasks")
_WIDEST = 26  # of a column but the last; what is longer is folded
_LAST = 40  # columns of the terminal that the last one is to have
_BETWEEN = 3  # of the terminal between two columns


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


@dataclass(frozen=True)
class ListingTable:
    """Drawn by rich.

    Attributes:
        heads: of the columns, the last one of which holds sentences.
        lines: cells of every record.
        spare: columns that may be left out, in this order.
    """

    heads: Sequence[str]
    lines: Sequence[Sequence[str]]
    spare: Sequence[str]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        """The columns that fit, and a line that names the others."""
        left_out = self.left_out(options.max_width)
        shown = [place for place, head in enumerate(self.heads) if head not in left_out]
        yield table([self.heads[place] for place in shown], [[line[place] for place in shown] for line in self.lines])
        if left_out:
            yield f"not shown: {', '.join(left_out)}; a wider window has them, and --json"

    def left_out(self, width: int) -> tuple[str, ...]:
        """The columns that a terminal of so many columns has no room for."""
        taken = dict(zip(self.heads, self._widths(), strict=True))
        spare = [head for head in self.spare if head in taken]
        for count in range(len(spare) + 1):
            kept = [taken[head] for head in self.heads if head not in spare[:count]]
            if sum(kept) + _BETWEEN * len(kept) <= width:
                return tuple(spare[:count])
        return tuple(spare)

    def _widths(self) -> list[int]:
        widths = [max(map(len, column)) for column in zip(self.heads, *self.lines, strict=True)]
        return [min(width, _WIDEST) for width in widths[:-1]] + [min(widths[-1], _LAST)]
