"""MKDT: experts are taught an encoder's vectors, and a short run moves students nearer to where those went."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.recipe import recipe_for
from tests.conformance.kinds import unlabelled_images

NETWORK = "mlp:width=32,depth=1"
SHORT = {
    "network": NETWORK, "start.network": NETWORK, "steps": 30, "objective.inner.steps": 6, "source.starts.end": 2,
    "source.experts.count": 2, "source.experts.examples": 120,
}  # fmt: skip


def test_it_begins_at_images_that_a_student_knows_least_of() -> None:
    """The squared error of networks after an epoch, whatever the budget."""
    task, counts = unlabelled_images.make(), torch.tensor([6])
    start = recipe_for("mkdt", task, counts, {"start.network": NETWORK}).start
    chosen = start(task, counts, Rng(0))
    every = task.train.all()
    scores = start.scores(task, torch.arange(len(every)), Rng(0))
    places = (chosen.inputs.flatten(1)[:, None] == every.inputs.flatten(1)).all(2).float().argmax(1)
    assert scores[places].min() > scores.median()


def test_a_short_run_leads_students_after_the_experts() -> None:
    task, counts = unlabelled_images.make(), torch.tensor([6])
    state = start_state(task, recipe_for("mkdt", task, counts, SHORT), counts, seed=0)
    vectors = state.synthetic.labels().detach().clone()
    terms = [step.terms["trajectory"] for step in distillation(state, seed=0)]
    assert not torch.equal(state.synthetic.labels(), vectors)
    assert sum(terms[-8:]) < 0.8 * sum(terms[:8])
