"""Labelled series before anything is decided about them, and what of them cannot be used."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

from condenset.core.errors import DataError
from condenset.tasks.labelled.assembly import TEST_OF_FILE, LabelledData


@dataclass(frozen=True)
class Part:
    """Series, each (channels, steps) float64, and their labels (n,), as they were written."""

    series: tuple[Float[np.ndarray, "_ _"], ...]
    labels: pd.Series

    def __len__(self) -> int:
        return len(self.series)

    @property
    def lengths(self) -> list[int]:
        """Steps of each."""
        return [values.shape[1] for values in self.series]

    def at(self, index: Any) -> Part:
        """Those at these places (chosen,)."""
        return Part(tuple(self.series[place] for place in index), self.labels.iloc[index].reset_index(drop=True))


@dataclass(frozen=True)
class RawLabelled(LabelledData):
    """Labelled series.

    Attributes:
        untested: as of `LabelledData`.
        ragged: whether they may differ in length.
        channels: their names.
    """

    untested: str = TEST_OF_FILE
    ragged: bool = False
    channels: tuple[str, ...] = ()


def expect_usable(part: Part, called: str, ragged: bool, declare: str) -> Part:
    """The same. Raises `DataError` for no series, gaps, lengths that differ undeclared, channels that do.

    Args: called, what messages call the data; ragged, whether lengths may differ; declare, how one says that they do.
    """
    if not len(part):
        raise DataError(f"{called} holds no series: expected one or more with a label each")
    for number, values in enumerate(part.series, 1):
        bad = int((~np.isfinite(values)).sum())
        if bad or not values.size:
            what = f"{bad} of {values.size} values missing or infinite" if bad else "no value"
            raise DataError(f"series {number} of {called} has {what}: fill the gaps, or leave the series out")
    channels = [len(values) for values in part.series]
    _expect_alike(channels, "channels", called, "give all the same channels")
    if not ragged:
        _expect_alike(part.lengths, "steps", called, declare)
    gaps = part.labels.isna().to_numpy()
    if gaps.any():
        row = int(gaps.argmax()) + 1
        raise DataError(f"{int(gaps.sum())} of {len(part)} series of {called} have no label, the first is number {row}")
    return part


def digest_of(part: Part) -> str:
    """SHA-256, hex, over values, lengths and labels."""
    digest = hashlib.sha256("\n".join(map(str, part.labels)).encode())
    for values in part.series:
        digest.update(str(values.shape).encode() + np.ascontiguousarray(values).tobytes())
    return digest.hexdigest()


def channel_names(count: int) -> tuple[str, ...]:
    """Of channels that have none: "x0", "x1", ..."""
    return tuple(f"x{index}" for index in range(count))


def _expect_alike(counts: Sequence[int], noun: str, called: str, mend: str) -> None:
    odd = next((number for number, count in enumerate(counts) if count != counts[0]), None)
    if odd is not None:
        raise DataError(
            f"series of {called} differ: number 1 has {counts[0]} {noun}, number {odd + 1} has {counts[odd]}: {mend}"
        )
