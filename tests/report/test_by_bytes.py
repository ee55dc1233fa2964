"""Sets and their rivals by budgets in bytes."""

from __future__ import annotations

from typing import Any

from condenset.core.metric import ACCURACY
from condenset.evaluation.rows import Row
from condenset.report.results import Result
from condenset.report.results_page import results_page
from condenset.report.worth import stands_by_bytes, tables_by_bytes, worth_table

LEARNERS = ("convnet:width=32", "mlp")
SHARED = {"steps": 200, "start": "k-means"}


def graded(codec: str, budget: str, score: float, network: str, exam: str = "image", **changes: Any) -> Result:
    """Scores differ by a point between learners; compressed real images have 0.7, random ones 0.6."""
    means = {"distilled": score, "jpeg": 0.7, "random": 0.6}
    rows = [Row(name, network, (mean - 0.005, mean, mean + 0.005), 90, 1.0) for name, mean in means.items()]
    rows.append(Row("majority class", "", (0.1,), 0, 0.0))
    setting = {"dataset": "digits", "budget": budget, "network": network, "exam": exam, "schedule": "reduced"}
    changes = SHARED | {"codec": codec} | changes
    return Result.of_rows(rows, ACCURACY, method="dm", changes=changes, **setting)


def pair(codec: str, budget: str, score: float, **changes: Any) -> list[Result]:
    return [graded(codec, budget, score, network, **changes) for network in LEARNERS]


RESULTS = [
    *pair("raw", "9000 bytes", 0.5),
    *pair("quantised:bits=4", "9000 bytes", 0.71),
    *pair("palette", "9000 bytes", 0.9),
    *pair("palette", "20000 bytes", 0.8),
]


def test_the_best_at_the_most_bytes_comes_first_and_what_is_surely_ahead_is_bold() -> None:
    (table,) = tables_by_bytes(RESULTS)
    head, _, *lines = [line for line in table.splitlines() if line.startswith("|")]
    assert head == "| set | 9,000 bytes | 20,000 bytes |"
    names = [line.split(" | ")[0] for line in lines]
    assert names == ["| dm, palette", "| jpeg", "| random", "| dm, quantised:bits=4", "| dm, raw"]
    assert lines[0].startswith("| dm, palette | **90.0, +20.0 (") and " | **80.0, +10.0 (" in lines[0]
    assert lines[1] == "| jpeg | 70.0 | 70.0 |"
    assert lines[3].startswith("| dm, quantised:bits=4 | 71.0, +1.0 (−") and lines[3].endswith(") |  |")
    assert lines[4].startswith("| dm, raw | 50.0, −20.0 (")
    assert "dm with `start=k-means`, `steps=200`, where a row says nothing else.\n" in table
    assert "convnet:width=32, mlp, exam `image`" in table


def test_what_most_sets_of_a_method_have_is_told_once_and_rows_name_what_they_have_besides() -> None:
    soft, cold = pair("raw", "20000 bytes", 0.6, labels="soft"), pair("palette:colours=2", "9000 bytes", 0.6)
    for result in cold:
        del result.changes["start"]
    (table,) = tables_by_bytes([*RESULTS, *soft, *cold])
    assert "| dm, raw, labels=soft |" in table and "| dm, palette:colours=2, start=default |" in table
    assert "| dm, raw |" in table and "dm with `start=k-means`, `steps=200`, where a row says nothing else." in table


def test_means_of_other_learners_stand_in_a_table_of_their_own() -> None:
    alone = graded("raw", "20000 bytes", 0.95, "mlp")
    apart, together = tables_by_bytes([*RESULTS, alone])
    assert "| dm, raw | **95.0, +25.0 (" in together and "accuracy of mlp, exam" in together
    assert [apart] == list(tables_by_bytes(RESULTS))


def test_they_stand_in_no_other_table_of_means_and_in_files_of_their_own() -> None:
    items = pair("palette", "1 per class", 0.8)
    assert [stands_by_bytes(result) for result in (RESULTS[0], items[0])] == [True, False]
    assert not stands_by_bytes(graded("raw", "9000 bytes", 0.5, "mlp", exam="dsa2021"))
    assert "9000 bytes" not in worth_table([*RESULTS, *items]) and list(tables_by_bytes(items)) == []
    worth, published = results_page([*RESULTS, *items]).split("## Beside published numbers")
    assert "## At the same bytes" in worth and "9000 bytes" not in published.split("## Across networks")[0]
    assert len({result.file for result in RESULTS}) == len(RESULTS)
