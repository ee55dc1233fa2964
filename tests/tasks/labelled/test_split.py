"""What is tested on: a part of its own, nothing, or the same share of every class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest

from condenset.core.errors import DataError
from condenset.tasks.labelled.split import held_out_part


@dataclass(frozen=True)
class Examples:
    labels: pd.Series

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, index: Any) -> Examples:
        return Examples(self.labels.iloc[index].reset_index(drop=True))


def of(*counts: int) -> Examples:
    return Examples(pd.Series([name for name, count in zip("abc", counts, strict=False) for _ in range(count)]))


def test_a_part_of_its_own_is_taken_whole() -> None:
    train, test = of(20, 10), of(3, 3)
    assert held_out_part(train, test, 0.2, 0, "songs") == (train, test, "6 songs of their own")


def test_a_share_of_every_class_is_drawn_by_the_seed() -> None:
    train, test, told = held_out_part(of(20, 10), None, 0.2, 3, "songs")
    assert test is not None and told == "6 songs, 20% of the data, drawn with seed 3"
    assert train.labels.value_counts().to_dict() == {"a": 16, "b": 8}
    assert test.labels.value_counts().to_dict() == {"a": 4, "b": 2}
    assert held_out_part(of(20, 10), None, 0.0, 0, "songs")[1:] == (None, "none: nothing was held out")


def test_too_few_are_refused() -> None:
    with pytest.raises(DataError, match="has one row only"):
        held_out_part(of(1, 1), None, 0.2, 0, "songs")
