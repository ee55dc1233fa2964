"""DiM: generator and numbers learn to be taken for the data by networks that know them."""

from __future__ import annotations

import torch

from condenset.core.budget import Size
from condenset.distillation import distillation, start_state
from condenset.recipe import budgeted, recipe_for
from tests.examples import digits

CHANGES = {"codec": "image-generator:size=8,width=4,fit=5", "network": "convnet:width=8,depth=2", "steps": 60}


def test_what_networks_take_a_class_for_comes_nearer_to_what_they_take_the_data_for() -> None:
    data = digits()
    counts, _ = budgeted("dim", data, Size(per_class=3), CHANGES)
    state = start_state(data, recipe_for("dim", data, counts, CHANGES), counts, 0)
    drawn = state.synthetic.codec.generator[0].detach().clone()
    losses = [sum(step.terms.values()) for step in distillation(state, 0)]
    assert sum(losses[-10:]) < 0.8 * sum(losses[:10])
    assert not torch.equal(state.synthetic.codec.generator[0], drawn)
