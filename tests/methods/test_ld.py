"""LD on the digits: learnt labels on unchanged examples."""

from __future__ import annotations

import torch

from condenset.distillation import distillation, start_state
from condenset.recipe import recipe_for
from tests.examples import digits

NETWORK = "mlp:width=32,depth=1"


def test_labels_are_learnt_on_examples_that_stay_as_they_are() -> None:
    """The risk falls, rows stay probabilities, and no pixel moves."""
    task, counts = digits(), torch.full((10,), 2)
    recipe = recipe_for("ld", task, counts, {"network": NETWORK, "steps": 100, "objective.solver.inner.rate": 0.1})
    state = start_state(task, recipe, counts, seed=0)
    before = state.synthetic.decode().detach()
    risks = [step.terms["risk"] for step in distillation(state, seed=0)]
    after = state.synthetic.decode().detach()
    assert torch.equal(after.inputs, before.inputs)
    assert (after.targets - before.targets).abs().max() > 0.1
    torch.testing.assert_close(after.targets.sum(1), torch.ones(20))
    assert after.targets.min() >= 0
    assert sum(risks[40:50]) < sum(risks[:10])
