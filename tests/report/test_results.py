"""Verdicts follow from the numbers, and a result survives being written and read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from condenset.core.errors import DataError
from condenset.core.metric import ACCURACY
from condenset.core.reported import Reported
from condenset.report.results import Result, _verdict, record, recorded
from tests.report.conftest import ERROR

PUBLISHED = Reported("digits", "1 per class", "convnet", "quick", 0.80, 0.02, "a table")
RANDOM = {"mean": 0.5, "ci95": [0.45, 0.55]}


@pytest.mark.parametrize(
    ("mean", "low", "published", "random", "verdict"),
    [
        (0.85, 0.84, PUBLISHED, RANDOM, "verified"),
        (0.781, 0.77, PUBLISHED, RANDOM, "verified"),  # within the printed deviation
        (0.791, 0.78, replace(PUBLISHED, std=None), RANDOM, "verified"),  # a point below
        (0.78, 0.77, replace(PUBLISHED, std=0.001), RANDOM, "partial"),
        (0.7, 0.56, None, RANDOM, "partial"),
        (0.7, 0.54, None, RANDOM, "failed"),  # the intervals overlap
    ],
)
def test_the_verdict_follows_from_the_numbers(mean, low, published, random, verdict) -> None:  # type: ignore[no-untyped-def]
    row = {"mean": mean, "ci95": [low, 2 * mean - low]}
    assert _verdict(row, published, random, ACCURACY) == verdict


def test_where_lower_is_better_the_interval_has_to_lie_below() -> None:
    below, above = {"mean": 0.3, "ci95": [0.25, 0.35]}, {"mean": 0.7, "ci95": [0.65, 0.75]}
    assert _verdict(below, None, RANDOM, ERROR) == "partial"
    assert _verdict(above, None, RANDOM, ERROR) == "failed"
    published = replace(PUBLISHED, mean=0.29, std=0.02)
    assert _verdict(below, published, RANDOM, ERROR) == "verified"
    assert _verdict(above, published, RANDOM, ERROR) == "failed"


def test_a_recorded_result_is_read_as_it_was_and_replaced_by_a_later_one(tmp_path: Path) -> None:
    result = Result("dm", "digits", "1 per class", "convnet", "quick", 0.8, 0.1, 2, 0.6, "partial", "reduced")
    record([result], tmp_path)
    assert recorded(tmp_path) == (result,)
    later = Result("dm", "digits", "1 per class", "convnet", "quick", 0.9, 0.1, 2, 0.6, "partial", "reduced")
    record([later], tmp_path)
    assert recorded(tmp_path) == (later,)
    assert [path.name for path in tmp_path.iterdir()] == ["dm-digits-1-per-class-quick-convnet.json"]


def test_the_memory_that_a_set_took_outlasts_its_being_graded_again(tmp_path: Path) -> None:
    distilled = Result(
        "dm", "digits", "1 per class", "convnet", "quick", 0.8, 0.1, 2, 0.6, "partial", "reduced", seconds=3.5
    )
    record([replace(distilled, memory_bytes=70)], tmp_path)
    record([replace(distilled, measured=0.9, repeats=5)], tmp_path)
    assert recorded(tmp_path) == (replace(distilled, measured=0.9, repeats=5, memory_bytes=70),)
    record([replace(distilled, seconds=None)], tmp_path)
    assert recorded(tmp_path) == (replace(distilled, memory_bytes=70),), "its folder has no log"
    record([replace(distilled, seconds=4.5)], tmp_path)
    assert recorded(tmp_path) == (replace(distilled, seconds=4.5),), "another set"
    for damaged in ("{", '{"method": "dm"}'):
        (tmp_path / distilled.file).write_text(damaged)
        record([distilled], tmp_path)
        assert recorded(tmp_path) == (distilled,)


def test_a_file_that_is_no_result_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"method": "dm"}))
    with pytest.raises(DataError, match=r"a\.json is no recorded result"):
        recorded(tmp_path)


def test_a_whitened_result_is_another_one_than_a_plain_one(tmp_path: Path) -> None:
    plain = Result("mtt", "cifar10", "1 per class", "convnet", "mtt2022", 0.4, 0.1, 2, 0.2, "partial", "reduced")
    record([plain, replace(plain, zca="absolute")], tmp_path)
    assert {result.zca for result in recorded(tmp_path)} == {None, "absolute"}
