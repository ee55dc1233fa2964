"""Relabelled medoids teach more than random rows, on rows nobody trained on."""

from __future__ import annotations

import condenset
from condenset.core.budget import Size
from condenset.evaluation import evaluate_set
from condenset.evaluation.exam import named_exam
from condenset.tasks.catalogue import open_task


def test_a_set_beats_random_rows() -> None:
    task = open_task("wine")
    made = condenset.distill(task, "relabel", size=Size(per_class=3))
    graded = evaluate_set(made, task, named_exam("tabular"), networks=("logistic", "boosting"), baselines=("random",))
    assert graded.average("distilled") > graded.average("random") + 0.06
