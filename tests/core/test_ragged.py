"""Series of different lengths in a batch: choosing, joining, series from numbers alone, and what lies beyond an end."""

from __future__ import annotations

import torch

from condenset.core.ragged import Ragged
from condenset.core.spec import Leaf
from condenset.core.structure import (
    as_rows,
    expect_fit,
    joint,
    length,
    lengths,
    numbers,
    of_vectors,
    spec_of,
    stacked,
    take,
)
from tests.examples import normal


def series() -> Ragged:
    return Ragged(torch.zeros(3, 2, 5), torch.tensor([5, 2, 3])).changed(normal(3, 2, 5))


def test_numbers_beyond_an_end_are_nothing() -> None:
    found = series()
    assert found.values[1, :, 2:].abs().max() == 0 and found.values[1, :, :2].abs().min() > 0
    assert torch.equal(found.values[0], normal(3, 2, 5)[0])


def test_they_are_chosen_and_joined_to_the_longest() -> None:
    assert take(series(), torch.tensor([2, 1])).lengths.tolist() == [3, 2]
    longer = Ragged(normal(1, 2, 7), torch.tensor([7]))
    both = series().joined([longer])
    assert both.values.shape == (4, 2, 7) and both.lengths.tolist() == [5, 2, 3, 7]
    assert torch.equal(both.values[:3, :, :5], series().values) and both.values[0, :, 5:].abs().max() == 0


def test_the_structure_knows_them() -> None:
    spec = Leaf((2, 5), meaning="ragged")
    assert length(series()) == 3 and not joint(series())
    assert spec_of(series()) == Leaf((2, 5), "float32", "ragged")
    expect_fit(series(), spec)
    assert torch.equal(numbers(series()), series().values)
    assert lengths(series()).tolist() == [5, 2, 3] and lengths(normal(3, 2)) is None
    assert stacked([series(), series()]).values.shape == (2, 3, 2, 5)
    assert series().double().values.dtype == torch.float64 and series().double().steps.dtype == torch.int64


def test_they_are_rows_with_what_fills_them_up() -> None:
    assert torch.equal(as_rows(series(), "a kernel"), series().values.flatten(1))


def test_numbers_alone_are_as_long_as_the_longest() -> None:
    whole = of_vectors(normal(2, 10), Leaf((2, 5), meaning="ragged"))
    assert whole.lengths.tolist() == [5, 5] and torch.equal(whole.vectors(), normal(2, 10))
