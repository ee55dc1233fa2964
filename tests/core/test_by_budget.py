"""Settings by budget: the largest class decides, the last row holds for any number."""

from __future__ import annotations

import torch

from condenset.core.by_budget import ByBudget, Choice

TABLE = ByBudget((Choice(4, "few", "a run"), Choice(20, "some", "a table"), Choice(None, "many", "a run")))


def test_the_row_is_that_of_the_largest_class() -> None:
    found = [TABLE.at(torch.tensor(counts)) for counts in ([1, 4], [5, 1], [20], [21, 3], [500])]
    assert found == ["few", "some", "some", "many", "many"]
