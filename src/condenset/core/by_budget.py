"""Settings that depend on the budget, as a table that says what chose each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from jaxtyping import Int
from torch import Tensor

Setting = TypeVar("Setting")


@dataclass(frozen=True)
class Choice(Generic[Setting]):
    """A row: what holds up to a number of items per class.

    Attributes:
        up_to: items per class of the largest class; None: any number.
        setting: what is set.
        chosen_by: the run, or the table of the paper, that chose it.
    """

    up_to: int | None
    setting: Setting
    chosen_by: str


@dataclass(frozen=True)
class ByBudget(Generic[Setting]):
    """A table, its rows in the order of their budgets; the last one holds for any number.

    Attributes:
        rows: of the table.
    """

    rows: tuple[Choice[Setting], ...]

    def at(self, counts: Int[Tensor, " groups"]) -> Setting:
        """The setting for so many items per class (groups,), of which the largest decides."""
        largest = int(counts.max())
        return next(row.setting for row in self.rows if row.up_to is None or largest <= row.up_to)
