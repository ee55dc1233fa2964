"""DiLM: the generator's texts come nearer to the gradient of the data, and the set is of new texts."""

from __future__ import annotations

import pytest
import torch

from condenset.distillation import distillation, finished, start_state
from condenset.recipe import recipe_for
from tests.tasks.text import example

QUICK = {"steps": 40, "source.experts.count": 1, "objective.texts": 16, "optimisers.data.rate": 3e-3}


@pytest.mark.slow
def test_a_short_run_nears_the_gradient_and_writes_new_texts() -> None:
    task, counts = example.task(), torch.tensor([3, 3])
    state = start_state(task, recipe_for("dilm", task, counts, QUICK), counts, seed=0)
    terms = [step.terms["matching"] for step in distillation(state, seed=0)]
    made = finished(state, seed=0)
    assert sum(terms[-10:]) < 0.9 * sum(terms[:10])
    texts = made.decode().inputs.strings()
    assert len(set(texts)) == 6 and not set(texts) & set(task.train.all().inputs.strings())
