"""The page of recorded results: what stands where."""

from __future__ import annotations

from dataclasses import replace

from condenset.core.metric import ACCURACY
from condenset.evaluation.rows import Row
from condenset.report.results import Result
from condenset.report.results_page import results_page


def result(method: str, exam: str, measured: float) -> Result:
    setting = {"dataset": "digits", "budget": "1 per class", "network": "convnet", "exam": exam, "schedule": "reduced"}
    scores = {"distilled": (measured - 0.01, measured, measured + 0.01), "random": (0.4, 0.4, 0.4)}
    rows = [Row(name, "convnet", values, 90, 1.0) for name, values in scores.items()]
    return Result.of_rows(rows, ACCURACY, method=method, **setting)


def test_sets_graded_alike_stand_side_by_side_the_best_first_and_not_among_the_papers_exams() -> None:
    own = [result("dm", "dsa2021", 0.8), result("kip", "kip2021", 0.9)]
    page = results_page([*own, result("kip", "fair", 0.5), result("dm", "fair", 0.7)])
    papers, alike = page.split("## Side by side")
    assert "| dm | digits | 1 per class | convnet | 90 | 70.0 ± 0.8 | random 40.0 | 3 |" in alike
    assert alike.index("| dm |") < alike.index("| kip |") and "80.0" not in alike
    assert "80.0" in papers and "70.0" not in papers


def test_without_such_a_row_there_is_no_such_section() -> None:
    assert "Side by side" not in results_page([result("dm", "dsa2021", 0.8)])


def test_a_changed_recipe_is_named_with_its_changes_in_every_table() -> None:
    made = [
        replace(result("dm", exam, 0.7), network=network, changes={"codec": "frequency", "steps": 50})
        for exam, network in [("dsa2021", "convnet"), ("fair", "convnet"), ("fair", "mlp"), ("fair", "vgg")]
    ]
    page = results_page([*made, result("kip", "fair", 0.5)])
    assert page.count("| dm, codec=frequency, steps=50 |") == 1 + 3 + 1 and "| dm |" not in page
    assert "| kip |" in page
