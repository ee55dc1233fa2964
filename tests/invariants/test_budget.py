"""Shares of a budget: they add up, leave no group empty, follow the groups' sizes and never exceed them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from condenset.core.budget import Size
from condenset.core.errors import BudgetError

available = st.lists(st.integers(1, 300), min_size=2, max_size=12).filter(lambda groups: sum(groups) > len(groups))
laws = settings(max_examples=150, deadline=None, derandomize=True)
PER_ITEM = 24


@st.composite
def shared(draw: st.DrawFn) -> tuple[Tensor, int]:
    """Groups and a number of items that fits: one each at least, fewer than there are examples."""
    groups = draw(available)
    return torch.tensor(groups), draw(st.integers(len(groups), sum(groups) - 1))


def check(counts: Tensor, groups: Tensor, items: int) -> None:
    assert int(counts.sum()) == items
    assert counts.dtype == torch.int64
    assert bool((counts >= 1).all())
    assert bool((counts <= groups).all())


@given(shared())
@laws
def test_items_are_shared_out_whole_and_follow_the_groups(case: tuple[Tensor, int]) -> None:
    groups, items = case
    counts = Size(items=items).allocate(groups, PER_ITEM)
    check(counts, groups, items)
    ideal = groups.double() * items / int(groups.sum())
    assert bool((counts <= torch.maximum(ideal.ceil(), torch.tensor(1.0))).all())
    order = groups.argsort(stable=True)
    larger = groups[order][1:] > groups[order][:-1]
    assert bool((counts[order][1:] >= counts[order][:-1])[larger].all())


@given(shared(), st.integers(0, PER_ITEM - 1))
@laws
def test_bytes_buy_whole_items(case: tuple[Tensor, int], rest: int) -> None:
    groups, items = case
    check(Size(bytes=items * PER_ITEM + rest).allocate(groups, PER_ITEM), groups, items)


@given(available, st.floats(0.01, 0.99))
@laws
def test_a_ratio_is_of_the_training_examples(groups: list[int], ratio: float) -> None:
    items = round(ratio * sum(groups))
    if len(groups) <= items < sum(groups):
        check(Size(ratio=ratio).allocate(torch.tensor(groups), PER_ITEM), torch.tensor(groups), items)
    else:
        with pytest.raises(BudgetError):
            Size(ratio=ratio).allocate(torch.tensor(groups), PER_ITEM)


@given(available, st.integers(1, 310))
@laws
def test_per_class_is_the_same_for_all_or_refused(groups: list[int], per_class: int) -> None:
    fits = per_class <= min(groups) and per_class * len(groups) < sum(groups)
    if fits:
        assert Size(per_class=per_class).allocate(torch.tensor(groups), PER_ITEM).tolist() == [per_class] * len(groups)
        return
    with pytest.raises(BudgetError, match=r"lower the budget|not below"):
        Size(per_class=per_class).allocate(torch.tensor(groups), PER_ITEM)


@pytest.mark.parametrize("empty", [{"per_class": 0}, {"items": -1}, {"bytes": 0}, {"ratio": 0.0}, {"ratio": -0.5}])
def test_an_empty_budget_is_refused(empty: dict) -> None:
    ((unit, value),) = empty.items()
    with pytest.raises(BudgetError, match=f"{unit}={value} is empty"):
        Size(**empty)


@pytest.mark.parametrize("given_units", [{}, {"per_class": 1, "bytes": 5}, {"items": 3, "ratio": 0.5}])
def test_a_budget_has_exactly_one_unit(given_units: dict) -> None:
    with pytest.raises(BudgetError, match="exactly one of"):
        Size(**given_units)


@pytest.mark.parametrize("size", [Size(items=1), Size(bytes=PER_ITEM), Size(ratio=0.01)])
def test_what_cannot_cover_every_group_is_refused(size: Size) -> None:
    with pytest.raises(BudgetError, match="cannot cover 2 groups: ask for at least 2"):
        size.allocate(torch.tensor([30, 40]), PER_ITEM)


def test_a_budget_of_all_examples_is_no_distillation() -> None:
    with pytest.raises(BudgetError, match="7 items is not below the 7 training examples"):
        Size(items=7).allocate(torch.tensor([3, 4]), PER_ITEM)
