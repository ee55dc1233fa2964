"""GRADMM: texts of known words that are no training texts, and their gradients come nearer to those of the data."""

from __future__ import annotations

import pytest
import torch

from condenset.distillation import distillation, finished, start_state
from condenset.recipe import recipe_for
from tests.tasks.text import example

QUICK = {"steps": 60, "objective.every": 20, "objective.top": 20, "source.experts.count": 1, "objective.penalty": 0.02}


@pytest.mark.slow
def test_a_short_run_changes_words_and_nears_the_gradient() -> None:
    task, counts = example.task(), torch.tensor([3, 3])
    state = start_state(task, recipe_for("gradmm", task, counts, QUICK), counts, seed=0)
    begun = state.synthetic.codec.text.clone()
    terms = [step.terms["matching"] for step in distillation(state, seed=0)]
    made = finished(state, seed=0)
    changed = (made.decode().inputs.words != begun)[begun > 0].float().mean()
    assert changed > 0.05
    assert torch.equal((made.decode().inputs.words > 0), begun > 0), "a text keeps its length"
    assert sum(terms[15:20]) < 0.8 * sum(terms[:5])
    texts = made.decode().inputs.strings()
    assert not set(texts) & set(task.train.all().inputs.strings())
