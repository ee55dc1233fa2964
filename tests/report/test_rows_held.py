"""Rows on the page: what people read is read there, as a table; what is looked at is not."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import condenset
from condenset import Size
from condenset.artifact.card import read_card
from condenset.core.errors import ArtifactError
from condenset.report.grid import Grid, rows_held
from condenset.report.page import write_page
from tests.report.conftest import HOSTILE

OLD = Path(__file__).parents[1] / "artifact/old"


def saved(folder: Path, frame: pd.DataFrame, per_class: int) -> Path:
    task = condenset.open_task(frame, target="paid")
    return condenset.distill(task, "random", size=Size(per_class=per_class)).save(folder)


def frame(columns: int = 1, rows: int = 200) -> pd.DataFrame:
    numbers = {f"n{index}": [0.1 * (row * (index + 3) % 97) for row in range(rows)] for index in range(columns)}
    words = [(HOSTILE, "a word", None)[row % 3] for row in range(rows)]
    return pd.DataFrame({**numbers, "c": words, "paid": [("no", "yes")[row % 2] for row in range(rows)]})


def held(folder: Path) -> Grid:
    found = rows_held(folder, read_card(folder))
    assert found is not None
    return found


def test_rows_are_spread_over_the_set_in_raw_values_with_what_is_predicted(tmp_path: Path) -> None:
    grid = held(saved(tmp_path / "set", frame(), per_class=20))
    assert [column.label for column in grid.columns] == ["n0", "c", "paid"]
    assert [column.numeric for column in grid.columns] == [True, False, False]
    assert len(grid.lines) == 16 and grid.caption == "16 of 40 rows that the set holds."
    assert [str(line.cells[2].text) for line in grid.lines] == ["no"] * 8 + ["yes"] * 8
    table = condenset.load(tmp_path / "set").to_pandas()
    assert grid.lines[0].cells[0].value == pytest.approx(table["n0"].iloc[0])
    assert grid.lines[-1].cells[0].value == pytest.approx(table["n0"].iloc[-1])


def test_a_wide_table_keeps_both_ends_and_counts_the_others(tmp_path: Path) -> None:
    grid = held(saved(tmp_path / "set", frame(columns=50), per_class=2))
    labels = [column.label for column in grid.columns]
    assert labels[:2] == ["n0", "n1"] and labels[-2:] == ["c", "paid"]
    assert len(labels) == 40 and grid.caption.endswith("Columns not shown: 12.")


def test_cells_stand_on_the_page_and_none_of_them_runs(tmp_path: Path) -> None:
    page = write_page([saved(tmp_path / "set", frame(), per_class=8)], tmp_path / "page.html").read_text()
    assert "rows that the set holds" in page and "a word" in page
    assert HOSTILE not in page and "&lt;script&gt;document.title" in page


def test_pictures_and_vectors_are_no_rows_and_tensors_that_are_not_there_are_none(tmp_path: Path) -> None:
    for name in ("digits-raw-hard", "graph-nodes"):
        assert rows_held(OLD / name, read_card(OLD / name)) is None
    folder = saved(tmp_path / "set", frame(), per_class=2)
    (folder / "data.safetensors").unlink()
    assert rows_held(folder, read_card(folder)) is None


def test_a_damaged_set_is_refused(tmp_path: Path) -> None:
    folder = saved(tmp_path / "set", frame(), per_class=2)
    content = bytearray((folder / "data.safetensors").read_bytes())
    content[-1] ^= 1
    (folder / "data.safetensors").write_bytes(content)
    with pytest.raises(ArtifactError, match="altered"):
        rows_held(folder, read_card(folder))


@pytest.mark.parametrize(
    "change", [{"target": 5}, {"target": {"kind": "regression", "dtype": "float644", "mean": 0, "std": 1}}, {}]
)
def test_a_card_that_does_not_describe_its_rows_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    folder = saved(tmp_path / "set", frame(), per_class=2)
    card = json.loads((folder / "card.json").read_text())
    known = card["task"]["preprocessing"]
    card["task"]["preprocessing"] = known | (change or {"columns": known["columns"] * 2})
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(ArtifactError, match="does not describe its examples"):
        rows_held(folder, read_card(folder))
