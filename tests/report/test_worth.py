"""What sets are worth: one line for a recipe over all learners of its data's exam."""

from __future__ import annotations

from condenset.core.metric import ACCURACY
from condenset.evaluation.rows import Row
from condenset.report.results import Result
from condenset.report.worth import worth_table

SCORES = {"distilled": (0.80, 0.82), "random": (0.50, 0.52), "k-means": (0.70, 0.72), "full": (0.90,)}


def graded(network: str, exam: str = "tabular", lift: float = 0.0) -> Result:
    rows = [
        Row(name, network, tuple(score + lift for score in scores), 90, 1.0, sets=len(scores))
        for name, scores in SCORES.items()
    ]
    setting = {"dataset": "iris", "budget": "1 per class", "network": network, "exam": exam, "schedule": "full"}
    return Result.of_rows(rows, ACCURACY, method="coreset-search", **setting)


def test_a_recipe_is_a_line_over_all_its_learners_beside_the_best_rival() -> None:
    *_, line = worth_table([graded("logistic"), graded("mlp", lift=0.04)]).splitlines()
    assert line.startswith("| iris | 1 per class | coreset-search | 2 | 2 | accuracy | 83.0 | k-means 73.0 | +10.0 (")
    assert line.endswith("(3.9 to 16.1) | 90 | yes |")


def test_exams_of_papers_have_none() -> None:
    assert worth_table([graded("convnet", "dsa2021")]) == ""
