"""DD with a known initialisation on the digits, one per class: good for the one network that it was made for."""

from __future__ import annotations

from dataclasses import replace

import torch

from condenset.distillation import distillation, start_state
from condenset.evaluation.exam import named_exam
from condenset.evaluation.score import evaluate_set
from condenset.recipe import recipe_for
from tests.examples import digits

NETWORK = "mlp:width=32,depth=1"
EXAM = replace(named_exam("dd2018"), networks=(NETWORK,), repeats=3)


def test_a_short_run_teaches_the_known_network_and_no_other() -> None:
    task, counts = digits(), torch.ones(10, dtype=torch.int64)
    state = start_state(task, recipe_for("dd-fixed", task, counts, {"network": NETWORK, "steps": 60}), counts, seed=0)
    for _ in distillation(state, seed=0):
        pass
    assert state.synthetic.contract.initial == "known"
    known = evaluate_set(state.synthetic, task, EXAM).average("distilled")
    state.synthetic.contract = replace(state.synthetic.contract, initial="drawn")
    drawn = evaluate_set(state.synthetic, task, EXAM).average("distilled")
    assert known > 0.6
    assert known > drawn + 0.1
