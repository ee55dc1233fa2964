"""What a set was made with: a task's own assets come before those of the recipe, each once."""

from __future__ import annotations

from dataclasses import replace

import torch

from condenset.core.asset import Asset
from condenset.core.execution import LOCAL
from condenset.recipe import recipe_for
from condenset.run.distill import prepare
from tests.conformance.examples import task


def test_what_examples_are_read_with_is_among_what_a_set_is_made_with() -> None:
    own = Asset("encoder", "ab" * 32, 12, "MIT", "someone")
    data = replace(task("tabular"), assets=(own, replace(own, name="the same again")))
    counts = torch.ones(len(data.groups), dtype=torch.int64)
    found = prepare(recipe_for("random", data, counts, {}), data, LOCAL)
    assert len(found) == 1 and found[0].sha256 == own.sha256
