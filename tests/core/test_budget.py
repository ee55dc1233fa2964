"""Budgets: one unit, shared out in proportion, refused where they do not fit."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from condenset.core.budget import Size, as_size
from condenset.core.errors import BudgetError

AVAILABLE = torch.tensor([60, 30, 10])


@pytest.mark.parametrize("fields", [{}, {"per_class": 1, "items": 3}, {"bytes": 5, "ratio": 0.1}])
def test_exactly_one_unit(fields: dict[str, float]) -> None:
    with pytest.raises(BudgetError, match="exactly one of per_class, items, bytes, ratio, per_group"):
        Size(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        *({"per_class": 0}, {"items": -3}, {"bytes": 0}, {"ratio": 0.0}, {"ratio": math.nan}),
        *({"per_group": (0, 0)}, {"per_group": (3, -1)}, {"per_group": ()}),
    ],
)
def test_an_empty_budget_is_refused(fields: dict[str, float]) -> None:
    with pytest.raises(BudgetError, match="is empty or endless"):
        Size(**fields)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Size(per_class=4), [4, 4, 4]),
        (Size(items=10), [6, 3, 1]),
        (Size(items=3), [1, 1, 1]),
        (Size(items=4), [2, 1, 1]),
        (Size(ratio=0.2), [12, 6, 2]),
        (Size(bytes=1009), [6, 3, 1]),
        (Size(items=99), [59, 30, 10]),
        (Size(per_group=(2, 30, 7)), [2, 30, 7]),
        (Size(per_group=(0, 3, 0)), [0, 3, 0]),
    ],
)
def test_items_are_shared_out_in_proportion_with_one_each(size: Size, expected: list[int]) -> None:
    assert size.allocate(AVAILABLE, bytes_per_item=100).tolist() == expected


@given(st.lists(st.integers(1, 200), min_size=1, max_size=8), st.data())
def test_shares_add_up_and_stay_near_the_proportion(available: list[int], data: st.DataObject) -> None:
    """Off by less than one item where no group is lifted to its minimum."""
    total = sum(available)
    if total <= len(available):
        return
    items = data.draw(st.integers(len(available), total - 1))
    try:
        counts = Size(items=items).allocate(torch.tensor(available), 1).tolist()
    except BudgetError:
        pytest.fail(f"{items} of {available} fit")
    assert sum(counts) == items
    assert min(counts) >= 1
    ideal = [items * a / total for a in available]
    if min(ideal) >= 1:
        assert all(abs(c - i) < 1 for c, i in zip(counts, ideal, strict=True))


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (Size(per_class=11), "too few examples: group 2 has 10 for 11 items; lower the budget"),
        (Size(items=2), "2 items cannot cover 3 groups: ask for at least 3"),
        (Size(bytes=250), "2 items cannot cover 3 groups"),
        (Size(ratio=0.001), "0 items cannot cover 3 groups"),
        (Size(items=100), "100 items is not below the 100 training examples"),
        (Size(ratio=1.5), "group 0 has 60 for 90 items"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_numbers(size: Size, message: str) -> None:
    with pytest.raises(BudgetError, match=message):
        size.allocate(AVAILABLE, bytes_per_item=100)


def test_what_items_share_must_leave_room_for_them() -> None:
    assert Size(bytes=400).allocate(AVAILABLE, bytes_per_item=100, shared=100).tolist() == [1, 1, 1]
    with pytest.raises(BudgetError, match="what all items share takes 400 bytes, and 400 are asked for"):
        Size(bytes=400).allocate(AVAILABLE, bytes_per_item=100, shared=400)


def test_a_number_alone_is_no_budget_and_hears_how_to_say_one() -> None:
    with pytest.raises(BudgetError, match=r"size is 5, .* Size\(per_class=5\) .* Size\(items=5\)"):
        as_size(5)
    with pytest.raises(BudgetError, match=r"size is 'ten', .* Size\(per_class=10\)"):
        as_size("ten")
    assert as_size(Size(bytes=100)) == Size(bytes=100)


def test_groups_are_called_by_their_names() -> None:
    names = ("setosa", "versicolor", "virginica")
    with pytest.raises(BudgetError, match="too few examples: virginica has 10 for 11 items"):
        Size(per_class=11).allocate(AVAILABLE, 1, names=names)
    with pytest.raises(BudgetError, match=r"g4 has 1 for 2 items, and 2 more; lower"):
        Size(per_class=2).allocate(torch.ones(7, dtype=torch.int64), 1, names=[f"g{n}" for n in range(7)])


def test_what_is_there_beside_the_examples_counts() -> None:
    """As a graph's unlabelled nodes: a share is of all, and a set may hold as many items as there are examples."""
    assert Size(ratio=0.01).allocate(AVAILABLE, 1, present=1000).tolist() == [6, 3, 1]
    assert Size(items=100).allocate(AVAILABLE, 1, present=1000).tolist() == [60, 30, 10]
    with pytest.raises(BudgetError, match="for 11 items"):
        Size(per_class=11).allocate(AVAILABLE, 1, present=1000)
