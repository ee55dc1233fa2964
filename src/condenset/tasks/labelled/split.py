"""Which labelled examples are tested on: a part that came as such, or a share that is drawn."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, runtime_checkable

import numpy as np
import pandas as pd
from jaxtyping import Int
from sklearn.model_selection import train_test_split

from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.labelled.target_code import code_target, strata
from condenset.tasks.recognised import drawn


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


def split_rows(
    targets: pd.Series, kind: str | None, seed: int, test_fraction: float
) -> tuple[Int[np.ndarray, " train"], Int[np.ndarray, " test"]]:
    """Training and test rows, each in order, stratified by class or by bin.

    Raises `DataError` where there are too few rows.
    """
    groups = strata(targets, code_target(targets, kind))
    state = Rng(seed).child("split").integer() % 2**32
    try:
        train, test = train_test_split(
            np.arange(len(targets)), test_size=test_fraction, stratify=groups, random_state=state
        )
    except ValueError as error:
        advice = "use more rows, another --test-fraction, or test rows of your own"
        raise DataError(f"{len(targets)} rows cannot be split: {error}; {advice}") from error
    return np.sort(train), np.sort(test)
