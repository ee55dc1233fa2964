"""Verdicts follow from the numbers, and a result survives being written and read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.report.results import Result, record, recorded

TEN = Result("dm", "digits", "1 per class", "convnet", "quick", 0.7, 0.03, 10, 0.5, "full")
TEN = replace(TEN, baselines={"random": (0.5, 0.03), "k-means": (0.72, 0.02), "full": (0.9, 0.0)})


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "partial"),
        ({"reported": 0.70}, "verified"),
        ({"reported": 0.709}, "verified"),  # a point below
        ({"reported": 0.72}, "partial"),
        ({"reported": 0.72, "reported_std": 0.021}, "verified"),  # within the printed deviation
        ({"measured": 0.51, "reported": 0.51}, "failed"),  # as published, but no further than random may be
        ({"repeats": 1, "reported": 0.7}, "none"),
        ({"method": "random"}, "none"),
    ],
)
def test_the_verdict_follows_from_the_numbers(changes: dict[str, Any], verdict: str) -> None:
    assert replace(TEN, **changes).verdict == verdict


def test_where_lower_is_better_the_gap_is_turned_round() -> None:
    error = replace(TEN, metric="rmse", higher_is_better=False, unit="error")
    assert error.verdict == "failed"
    assert replace(error, measured=0.3).verdict == "partial"
    assert replace(error, measured=0.3, reported=0.299).verdict == "verified"
    assert replace(error, measured=0.3, reported=0.295).verdict == "partial"


def test_the_best_rival_is_no_larger_and_was_not_distilled() -> None:
    assert TEN.rival == ("k-means", 0.72)
    assert replace(TEN, higher_is_better=False).rival == ("random", 0.5)
    assert replace(TEN, baselines={}).rival == ("random", 0.5)


def test_random_against_random_is_ahead_in_no_more_than_one_case_in_twenty() -> None:
    scores = np.random.default_rng(0).normal(0.5, 0.03, (2000, 2, 5))
    pairs = [
        replace(
            TEN, measured=float(own.mean()), std=float(own.std()), repeats=5, random=float(other.mean()),
            baselines={"random": (float(other.mean()), float(other.std()))},
        )
        for own, other in scores
    ]  # fmt: skip
    assert np.mean([pair.verdict == "partial" for pair in pairs]) < 0.05


def test_a_recorded_result_is_read_as_it_was_and_replaced_by_a_later_one(tmp_path: Path) -> None:
    result = Result("dm", "digits", "1 per class", "convnet", "quick", 0.8, 0.1, 2, 0.6, "reduced")
    record([result], tmp_path)
    assert recorded(tmp_path) == (result,)
    later = Result("dm", "digits", "1 per class", "convnet", "quick", 0.9, 0.1, 2, 0.6, "reduced")
    record([later], tmp_path)
    assert recorded(tmp_path) == (later,)
    assert [path.name for path in tmp_path.iterdir()] == ["dm-digits-1-per-class-quick-convnet.json"]


def test_the_memory_that_a_set_took_outlasts_its_being_graded_again(tmp_path: Path) -> None:
    distilled = Result("dm", "digits", "1 per class", "convnet", "quick", 0.8, 0.1, 2, 0.6, "reduced", seconds=3.5)
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
    plain = Result("mtt", "cifar10", "1 per class", "convnet", "mtt2022", 0.4, 0.1, 2, 0.2, "reduced")
    record([plain, replace(plain, zca="absolute")], tmp_path)
    assert {result.zca for result in recorded(tmp_path)} == {None, "absolute"}
