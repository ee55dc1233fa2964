"""How many rows every class is to have, told as to the samplers of imbalanced-learn."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
from jaxtyping import Shaped

from condenset.core.budget import Size
from condenset.core.errors import BudgetError

Strategy = int | str | Mapping[Any, int] | Callable[[Any], Mapping[Any, int]] | Size


def size_of(strategy: Any, labels: Shaped[np.ndarray, " rows"], classes: Sequence[Any]) -> Size:
    """The budget that a `Strategy` comes to.

    Args: labels, of the rows, for a strategy that asks them; classes, in the order of their groups: none where y holds
    numbers. Raises `BudgetError` for a strategy of another kind and for one that says not every class its rows.
    """
    if isinstance(strategy, Size):
        return strategy
    if _is_count(strategy):
        return Size(per_class=int(strategy))
    if not classes:
        raise BudgetError(
            f"sampling_strategy is {strategy!r}, and numbers have no classes: give rows for every bin, such as 10, "
            "or a Size"
        )
    if callable(strategy):
        strategy = strategy(labels)
    if isinstance(strategy, str) and strategy == "auto":
        return Size(per_class=int(np.unique(labels, return_counts=True)[1].min()))
    if not isinstance(strategy, Mapping):
        raise BudgetError(
            f"sampling_strategy is {strategy!r}: give rows for every class, such as 10, a dict of class -> rows or a "
            'function of y that returns one, "auto", or a Size; a share of the rows is Size(ratio=0.01)'
        )
    return Size(per_group=_by_class(strategy, classes))


def _by_class(rows: Mapping[Any, Any], classes: Sequence[Any]) -> tuple[int, ...]:
    """Rows of each class. Raises `BudgetError` where a class is missing or unknown, or a number is none of rows."""
    unknown = [name for name in rows if name not in classes]
    missing = [name for name in classes if name not in rows]
    if unknown or missing:
        wrong = [f"y has no class {name!r}" for name in unknown] + [
            f"no rows are said for {name!r}" for name in missing
        ]
        raise BudgetError(
            f"sampling_strategy: {'; '.join(wrong)}; give rows for each of {', '.join(map(repr, classes))}"
        )
    odd = [f"{value!r} for {name!r}" for name, value in rows.items() if not _is_count(value) or value < 1]
    if odd:
        raise BudgetError(f"sampling_strategy says {', '.join(odd)}: give a whole number of rows, 1 or more")
    return tuple(int(rows[name]) for name in classes)


def _is_count(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)
