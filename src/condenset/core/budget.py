"""How large a set may be, and how many items each group gets of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.errors import BudgetError

_COUNTABLE = 2**53  # items; more, float64 does not tell apart
_NAMED = 5  # groups that a message names


@dataclass(frozen=True)
class Size:
    """A budget in exactly one unit.

    Attributes:
        per_class: items per class (or per bin of a regression target).
        items: items in all, shared out in proportion to the groups, at least one each.
        bytes: bytes of data and labels in all.
        ratio: fraction of the training examples; of a graph, as papers count, of all nodes that training sees.
        per_group: items of each class (or bin) by itself, in the order of the classes; 0 leaves one out.
    """

    per_class: int | None = None
    items: int | None = None
    bytes: int | None = None
    ratio: float | None = None
    per_group: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        given = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) is not None}
        if len(given) != 1:
            units = ", ".join(f.name for f in fields(self))
            raise BudgetError(f"a budget needs exactly one of {units}: got {given or 'none'}")
        name, value = next(iter(given.items()))
        least, most = (min(value, default=0), max(value, default=0)) if isinstance(value, tuple) else (value, value)
        if not 0 <= least <= most < math.inf or most == 0:
            raise BudgetError(f"the budget {name}={value} is empty or endless: ask for more than 0")

    def allocate(
        self,
        available: Int[Tensor, " groups"],
        bytes_per_item: int,
        shared: int = 0,
        names: Sequence[str] = (),
        present: int | None = None,
    ) -> Int[Tensor, " groups"]:
        """Items per group, given training examples per group (groups,). Raises `BudgetError` when it does not fit.

        Args: shared, bytes that the set takes besides its items; names, of the groups, their numbers when left out;
        present, what there is with what is no example, see `View.present`: the examples when None.
        """
        total = int(available.sum()) if present is None else present
        asked = self._items(total, bytes_per_item, shared, len(available))
        if asked > _COUNTABLE:
            raise BudgetError(f"a budget of {asked} items is not below the {total} training examples")
        if self.per_class is not None:
            counts = torch.full_like(available, self.per_class)
        elif self.per_group is not None:
            counts = torch.tensor(self.per_group)
            if len(counts) != len(available):
                raise BudgetError(
                    f"per_group={self.per_group} is not for {len(available)} groups: give one number each"
                )
        else:
            counts = shared_out(asked, available)
        short = [g for g in range(len(counts)) if counts[g] > available[g]]
        if short:
            called = names or [f"group {g}" for g in range(len(counts))]
            told = [f"{called[g]} has {available[g]} for {counts[g]} items" for g in short[:_NAMED]]
            more = [f"and {len(short) - _NAMED} more"] if len(short) > _NAMED else []
            raise BudgetError(f"too few examples: {', '.join(told + more)}; lower the budget")
        if int(counts.sum()) >= total:
            raise BudgetError(f"a budget of {int(counts.sum())} items is not below the {total} training examples")
        return counts

    def _items(self, total: int, bytes_per_item: int, shared: int, groups: int) -> int:
        if self.per_class is not None:
            return self.per_class * groups
        if self.per_group is not None:
            return sum(self.per_group)
        if self.items is not None:
            return self.items
        if self.ratio is not None:
            return round(self.ratio * total)
        given = self.bytes or 0
        if shared >= given:
            raise BudgetError(f"what all items share takes {shared} bytes, and {given} are asked for: ask for more")
        return (given - shared) // bytes_per_item


def as_size(size: Any) -> Size:
    """A budget as it was given. Raises `BudgetError` for anything but a `Size`: a number alone has no unit."""
    if isinstance(size, Size):
        return size
    number = size if isinstance(size, int | float) and not isinstance(size, bool) else 10
    raise BudgetError(
        f"size is {size!r}, and a budget has a unit: give Size(per_class={number}) for so many items of every class, "
        f"Size(items={number}) for so many in all, or Size(bytes=...) or Size(ratio=...)"
    )


def shared_out(items: int, available: Int[Tensor, " groups"]) -> Int[Tensor, " groups"]:
    """So many items in proportion to the examples of every group (groups,), at least one each.

    Raises `BudgetError` for fewer items than groups.
    """
    groups = len(available)
    if items < groups:
        raise BudgetError(f"{items} items cannot cover {groups} groups: ask for at least {groups}")
    ideal = available.double() * (items / float(available.sum()))
    counts = ideal.floor().long().clamp(min=1)
    while int(counts.sum()) != items:
        gap = ideal - counts
        if int(counts.sum()) < items:
            counts[int(gap.argmax())] += 1
        else:
            gap[counts == 1] = float("inf")
            counts[int(gap.argmin())] -= 1
    return counts
