"""Which labelled examples are tested on: a part that came as such, or a share that is drawn."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, runtime_checkable

import pandas as pd

from condenset.tasks.recognised import drawn
from condenset.tasks.tabular.assembly import split_rows


@runtime_checkable
class Labelled(Protocol):
    """Examples (n,) with their labels (n,), as they were written."""

    @property
    def labels(self) -> pd.Series:
        """Their labels."""

    def __len__(self) -> int:
        """How many there are."""

    def at(self, index: Any) -> Any:
        """Those at these places (chosen,)."""


P = TypeVar("P", bound=Labelled)


def held_out_part(train: P, test: P | None, fraction: float, seed: int, items: str) -> tuple[P, P | None, str]:
    """Examples to train and to test on, and which are held out, in words.

    Args: test, a part of its own; None: a fraction of every class is drawn, of 0 nothing; items, what they are called.
    Raises `DataError` where there are too few.
    """
    if test is not None:
        return train, test, f"{len(test)} {items} of their own"
    if fraction == 0:
        return train, None, "none: nothing was held out"
    kept, away = split_rows(train.labels, "classification", seed, fraction)
    return train.at(kept), train.at(away), drawn(len(away), fraction, seed, items)
