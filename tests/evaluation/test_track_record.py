"""What recorded runs say of a recipe is read from what the pages' maker wrote, without the data to be judged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from condenset.evaluation import track_record as module
from condenset.evaluation.exam import named_exam
from condenset.evaluation.track_record import FILE, TrackRecord, track_record
from tests.conftest import ROOT

EXAM = named_exam("tabular")


@pytest.fixture(autouse=True)
def _recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = {"method": "relabel", "changes": {"start": "k-means"}, "exam": "tabular", "exam_hash": EXAM.hash}
    (tmp_path / "records.json").write_text(json.dumps([entry | {"ahead": {"a": True, "b": False, "c": True}}]))
    monkeypatch.setattr(module, "FILE", tmp_path / "records.json")
    module._recorded.cache_clear()
    yield
    module._recorded.cache_clear()


def test_data_sets_are_counted_by_whether_the_recipe_was_ahead_there() -> None:
    assert track_record("relabel", {"start": "k-means"}, EXAM, but="mine") == TrackRecord(2, 3)
    assert str(TrackRecord(2, 3)) == "2 of 3" and TrackRecord(2, 3).share == pytest.approx(2 / 3)


def test_the_data_to_be_judged_do_not_count() -> None:
    """Their record was made with their test part."""
    assert track_record("relabel", {"start": "k-means"}, EXAM, but="a") == TrackRecord(1, 2)


def test_other_changes_another_exam_and_another_version_of_it_say_nothing() -> None:
    assert track_record("relabel", {}, EXAM, but="mine") is None
    assert track_record("relabel", {"start": "k-means"}, named_exam("image"), but="mine") is None
    assert track_record("relabel", {"start": "k-means"}, replace(EXAM, repeats=99), but="mine") is None


def test_what_is_shipped_comes_from_the_recorded_runs() -> None:
    """Each is a run under `bench/results`, of the exam as it now is."""
    for entry in json.loads(FILE.read_text()):
        files = list((ROOT / "bench/results").glob(f"{entry['method']}-*-{entry['exam']}-*.json"))
        runs = [json.loads(file.read_text()) for file in files]
        same = [run["dataset"] for run in runs if run["changes"] == entry["changes"]]
        assert set(entry["ahead"]) == set(same)
        assert entry["exam_hash"] == named_exam(entry["exam"]).hash
