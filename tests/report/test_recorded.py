"""The rows recorded in the repository are of recipes as they are now, so that whoever repeats one compares like with
like; that they are of exams as they are now is tested with the exams."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.recipe import recipe_for
from condenset.report.results import Result, recorded
from condenset.run.reproduce import Reproduction
from condenset.tasks.catalogue import modality_of
from tests.conformance.examples import task

ROWS = recorded(Path(__file__).parents[2] / "bench/results")


@pytest.mark.filterwarnings("ignore:the paper gives no loops")
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.file)
def test_a_row_is_of_as_many_steps_as_its_recipe_takes(row: Result) -> None:
    modality = modality_of(row.dataset.removesuffix("-jpeg"))
    size = Reproduction(row.method, row.dataset, row.budget, ()).size
    counts = torch.full((3,), size.per_class or 10)
    assert row.steps == recipe_for(row.method, task(modality.name.replace("-", "_")), counts, row.changes).steps
