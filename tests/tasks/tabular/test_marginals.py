"""Columns of a set beside those of the data: shares by weight, bins that hold both, categories of the data first."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import StepPatch

from condenset.tasks.tabular.marginals import bin_edges, categories, draw, height, text_of


def test_categories_are_the_datas_most_frequent_ones_and_shares_count_weights() -> None:
    real = pd.Series(["b", "a", "b", None, "b", "c", "a", "d"])
    names, shares = categories(pd.Series(["a", "b", "z"]), np.array([1.0, 2.0, 1.0]), real)
    assert names[:2] == ["b", "a"] and set(names) == {"a", "b", "c", "d", "–"}
    np.testing.assert_allclose(shares[:, :2], [[3 / 8, 2 / 8], [0.5, 0.25]])
    assert shares[1].sum() == pytest.approx(0.75)  # the data hold no z


def test_bins_hold_every_value_of_the_set_and_leave_out_the_datas_far_ones() -> None:
    real = pd.Series([*np.linspace(0, 1, 1000), 1e9, None])
    edges = bin_edges(pd.Series([-2.0, 0.5]), real)
    assert len(edges) == 17 and edges[0] == -2.0 and edges[-1] < 1.01
    constant = bin_edges(pd.Series([3.0]), pd.Series([3.0, 3.0]))
    assert constant[0] == 3.0 < constant[-1]


def test_numbers_are_drawn_as_shares_in_bins_and_words_as_bars() -> None:
    real = pd.DataFrame({"n": np.arange(100.0), "c": ["x", "y"] * 50, "→ paid": ["no"] * 80 + ["yes"] * 20})
    figure = Figure()
    draw(figure.subfigures(), real.iloc[:4], np.ones(4), real)
    numbers, words, goal = figure.subfigs[0].axes
    grey, blue = (patch for patch in numbers.patches if isinstance(patch, StepPatch))
    assert [axes.get_title() for axes in (numbers, words, goal)] == ["n", "c", "→ paid"]
    assert grey.get_data().values.sum() == pytest.approx(0.98, abs=0.021)  # but for a hundredth at each end
    assert blue.get_data().values[0] == pytest.approx(1.0)
    assert [bar.get_width() for bar in goal.patches] == pytest.approx([0.8, 0.2, 1.0, 0.0])


def test_wide_tables_show_eleven_columns_and_what_is_predicted() -> None:
    wide = pd.DataFrame({f"c{number}": [0, 1, 2] for number in range(30)} | {"→ y": [0, 1, 1]})
    figure = Figure()
    draw(figure.subfigures(), wide, np.ones(3), wide)
    titles = [axes.get_title() for axes in (figure.subfigs[0].axes)]
    assert titles == [*(f"c{number}" for number in range(11)), "→ y"]
    assert height(wide) == height(wide.iloc[:, :12]) > height(wide.iloc[:, :4])


def test_cells_are_told_in_few_letters() -> None:
    assert [text_of(value) for value in (None, float("nan"), 1.23456789, 3, "a")] == ["–", "–", "1.2346", "3", "a"]
