"""DD with a known initialisation on the digits, one per class: good for the one network that it was made for."""

from __future__ import annotations

from dataclasses import replace

from condenset.evaluation.exam import named_exam
from tests.methods.learning import known_and_drawn

NETWORK = "mlp:width=32,depth=1"
EXAM = replace(named_exam("dd2018"), networks=(NETWORK,), repeats=3)


def test_a_short_run_teaches_the_known_network_and_no_other() -> None:
    known, drawn = known_and_drawn("dd-fixed", NETWORK, EXAM)
    assert known > 0.6
    assert known > drawn + 0.1
