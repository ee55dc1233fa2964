"""A searched coreset teaches more than k-means, by a learner that neither chose it nor labelled it."""

from __future__ import annotations

import condenset
from condenset.core.budget import Size
from condenset.evaluation import evaluate_set
from condenset.evaluation.exam import named_exam
from condenset.tasks.catalogue import open_task


def test_a_set_beats_k_means() -> None:
    task = open_task("diabetes")
    made = condenset.distill(task, "coreset-search", size=Size(per_class=3))
    graded = evaluate_set(made, task, named_exam("tabular"), networks=("mlp",), baselines=("k-means",), repeats=3)
    assert graded.average("distilled") > graded.average("k-means") + 0.1
