"""Labelled examples of any kind, and their split into training and test examples."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import numpy as np
import pandas as pd
from jaxtyping import Int
from sklearn.model_selection import train_test_split

from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.labelled.target_code import code_target, strata


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
