"""What stands where in a vector: single numbers, and runs of places one of which is chosen."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Columns:
    """The columns of vectors (n, width), each at places of its own.

    Attributes:
        numbers: places that hold a number each.
        choices: (start, stop) of places one of which is 1 and the others are 0.
    """

    numbers: tuple[int, ...]
    choices: tuple[tuple[int, int], ...] = ()

    @property
    def width(self) -> int:
        """Length of the vector that a row becomes: its numbers, and a place for every choice."""
        return len(self.numbers) + sum(stop - start for start, stop in self.choices)

    @property
    def owners(self) -> list[int]:
        """The column of every place, those of numbers first."""
        column = {place: number for number, place in enumerate(self.numbers)}
        for number, span in enumerate(self.choices, start=len(self.numbers)):
            column |= dict.fromkeys(range(*span), number)
        return [column[place] for place in range(self.width)]


def all_numbers(width: int) -> Columns:
    """Of vectors (n, width) of which nothing else is known."""
    return Columns(tuple(range(width)))
