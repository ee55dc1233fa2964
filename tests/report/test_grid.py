"""Tables: learners as columns, a row for each name, scores above their intervals, the best marked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from markupsafe import Markup

from condenset.core.metric import ACCURACY
from condenset.report.grid import Grid, score_grids
from condenset.report.records import read_run
from condenset.report.standings import standings_across, standings_of
from tests.report.conftest import ERROR, evaluation, metrics, row, write_run
from tests.report.test_wording import plain

TWO = [
    row("full", [0.9], 9000, 9.0),
    row("full", [0.8], 9000, 3.0, "mlp:width=32"),
    row("distilled", [0.6, 0.8], 100, 1.0),
    row("distilled", [0.5, 0.5], 100, 3.0, "mlp:width=32"),
    row("random", [0.5, 0.5], 100, 1.0),
    row("random", [0.6, 0.6], 100, 1.0, "mlp:width=32"),
    row("majority class", [0.1], 0, 0.0, "any"),
]


def tables(folder: Path, rows: list[dict[str, Any]], **changes: Any) -> tuple[Grid, ...]:
    run = read_run(write_run(folder / "run", evaluations=[evaluation() | {"rows": rows} | changes]))
    return score_grids(standings_of(run, run.gradings[0]))


def heads(grid: Grid) -> list[str]:
    return [Markup(column.label).striptags().replace("\u200b", "") for column in grid.columns]


def column(grid: Grid, number: int) -> list[tuple[str, str]]:
    return [(plain(str(line.cells[number].text)), plain(line.cells[number].note)) for line in grid.lines]


def test_learners_are_columns_behind_their_mean(tmp_path: Path) -> None:
    (grid,) = tables(tmp_path, TWO)
    assert heads(grid) == [
        *("Trained on", "Accuracy, mean", "95 % interval", "convnet", "mlp:width=32"),
        *("Sets × repeats", "Bytes", "Training", "Distilling"),
    ]
    assert column(grid, 0) == [("full data", ""), ("distilled", "dm"), ("random", ""), ("majority class", "")]
    assert [text for text, _ in column(grid, 1)] == ["85.0 %", "60.0 %", "55.0 %", "10.0 %"]
    assert column(grid, 3)[1] == ("70.0 %", "0.0 to 100.0")
    assert column(grid, 4)[2] == ("60.0 %", "60.0 to 60.0")
    assert [text for text, _ in column(grid, 5)] == ["1 × 1", "1 × 2", "1 × 2", "1 × 1"]
    assert [text for text, _ in column(grid, 6)] == ["9.0 kB", "100 B", "100 B", "–"]
    assert [text for text, _ in column(grid, 7)] == ["6.0 s", "2.0 s", "1.0 s", "–"]
    assert [text for text, _ in column(grid, 8)] == ["–", "75 s", "–", "–"]


def test_every_column_has_its_best_and_the_full_data_do_not_compete(tmp_path: Path) -> None:
    (grid,) = tables(tmp_path, TWO)
    best = {(grid.lines[y].cells[0].text, x) for y in range(4) for x in range(9) if grid.lines[y].cells[x].best}
    assert best == {("distilled", 1), ("distilled", 3), ("random", 4)}
    assert [line.own for line in grid.lines] == [False, True, False, False]


def test_of_an_error_the_least_is_best_and_on_top(tmp_path: Path) -> None:
    rows = [row("distilled", [0.3], 9, 1.0, metric="rmse"), row("random", [0.2], 9, 1.0, metric="rmse")]
    (grid,) = tables(tmp_path, rows, metrics=metrics(ERROR))
    assert [line.cells[0].text for line in grid.lines] == ["random", "distilled"]
    assert grid.lines[0].cells[1].best and grid.columns[1].sort == "ascending"


def test_one_learner_has_no_column_beside_its_mean(tmp_path: Path) -> None:
    (grid,) = tables(tmp_path, evaluation()["rows"])
    assert heads(grid)[:4] == ["Trained on", "Accuracy, convnet", "95 % interval", "Sets × repeats"]


def test_a_guess_is_not_drawn_since_it_would_squeeze_the_others(tmp_path: Path) -> None:
    (grid,) = tables(tmp_path, TWO)
    drawn = [str(line.cells[2].text) for line in grid.lines]
    assert [text.startswith("<svg") for text in drawn] == [True, True, True, False]


def test_further_metrics_have_tables_of_their_own(tmp_path: Path) -> None:
    rows = [row("distilled", [0.6], 9, 1.0), row("random", [0.5], 9, 1.0)]
    for each, value in zip(rows, (0.2, 0.4), strict=True):
        each["metrics"]["rmse"] = {"mean": value, "std": 0.0, "ci95": [0, 1], "scores": [value]}
    ranking, further = tables(tmp_path, rows, metrics=metrics(ACCURACY, ERROR))
    assert (ranking.title, further.title) == ("Accuracy", "Rmse")
    assert column(further, 1) == [("0.200", "0.200 to 0.200"), ("0.400", "0.400 to 0.400")]
    assert further.lines[0].cells[1].best


def test_sets_beside_each_other_lead_to_their_sections(tmp_path: Path) -> None:
    runs = [("run-1", read_run(write_run(tmp_path / "one"))), ("run-2", read_run(write_run(tmp_path / "two")))]
    ((grid,),) = map(score_grids, standings_across(runs))
    links = [(line.cells[0].text, line.cells[0].note, line.cells[0].href) for line in grid.lines if line.own]
    assert links == [("one", "dm", "#run-1"), ("two", "dm", "#run-2")]
    assert len([line for line in grid.lines if not line.own]) == 4


def test_a_caption_says_over_which_learners_a_mean_is(tmp_path: Path) -> None:
    (grid,) = tables(tmp_path, TWO)
    assert "mean of its learners'" in grid.caption and "no other" not in grid.caption
    mixed = [evaluation() | {"rows": rows} for rows in (TWO, TWO[2:3])]
    runs = [read_run(write_run(tmp_path / str(n), evaluations=[e])) for n, e in enumerate(mixed)]
    ((other,),) = map(score_grids, standings_across([("run-1", runs[0]), ("run-2", runs[1])]))
    assert "The mean is over convnet: no other graded every set." in other.caption
