"""RaT-BPTT on the digits, boosted: its first part alone is a good set, too."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.evaluation.score import Entry, evaluate_entries
from condenset.recipe import recipe_for
from condenset.synthetic import stages_of
from tests.examples import digits
from tests.methods.learning import sixty_epochs

NETWORK = "mlp:width=32,depth=1"
EXAM = sixty_epochs(NETWORK)
CHANGES = {"network": NETWORK, "steps": 100, "objective.solver.inner.rate": 0.01}


@pytest.mark.slow
def test_the_first_part_of_a_boosted_set_beats_random_examples_of_its_size() -> None:
    """Two per class in two parts."""
    task, counts = digits(), torch.full((10,), 2)
    state = start_state(task, recipe_for("rat-bptt", task, counts, CHANGES | {"boosting.parts": 2}), counts, seed=0)
    for _ in distillation(state, seed=0):
        pass
    first = state.synthetic.only(stages_of(state.synthetic.groups, 2) == 0).decode().detach()
    assert torch.bincount(first.groups).tolist() == [1] * 10
    learner = EXAM.learners(task)[NETWORK]
    draws = [task.train.sample(1, Rng(seed)) for seed in range(3)]
    entries = [Entry(name, NETWORK, learner, own, 0, Rng(0)) for name, own in (("", [first] * 3), ("random", draws))]
    ours, random = evaluate_entries(entries, task)
    assert ours.mean > random.mean + 0.1
