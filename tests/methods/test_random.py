"""Coreset methods are their starts and nothing else."""

from __future__ import annotations

import pytest
import torch

from condenset.core.registries import STARTS
from condenset.core.rng import Rng
from condenset.distillation import distillation, finished, start_state
from condenset.recipe import recipe_for
from tests.examples import blobs


@pytest.mark.parametrize("name", ["random", "herding", "k-center", "k-means"])
def test_a_coreset_is_its_start(name: str) -> None:
    task, counts = blobs(), torch.tensor([2, 1, 3])
    recipe = recipe_for(name, task, counts, {})
    assert recipe.start is STARTS.get(name)
    assert recipe.contract.exam == task.modality.exam
    state = start_state(task, recipe, counts, seed=4)
    assert list(distillation(state, seed=4)) == []
    found, expected = finished(state, seed=4).decode(), STARTS.get(name)(task, counts, Rng(4).child("start"))
    torch.testing.assert_close(found.inputs, expected.inputs, rtol=1e-4, atol=1e-4)
    assert torch.equal(found.targets, expected.targets)
