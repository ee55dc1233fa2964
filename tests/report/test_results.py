"""Verdicts follow from the numbers, and a result survives being written and read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from condenset.core.errors import DataError
from condenset.core.metric import ACCURACY, Metric
from condenset.evaluation.rows import Row
from condenset.report.results import Result, record, recorded

SETTING = {"method": "dm", "dataset": "digits", "budget": "1 per class", "network": "convnet", "exam": "quick"}
SETTING |= {"schedule": "full"}
SPREAD = (-0.045, -0.03, -0.03, -0.015, 0.0, 0.0, 0.015, 0.03, 0.03, 0.045)


def around(name: str, mean: float, repeats: int = 10) -> Row:
    return Row(name, "convnet", tuple(mean + SPREAD[n] for n in range(repeats)), 10, 1.0)


def result(own: float = 0.7, repeats: int = 10, metric: Metric = ACCURACY, **changes: Any) -> Result:
    rows = [around("distilled", own, repeats), *(around(name, mean) for name, mean in BESIDE.items())]
    return Result.of_rows(rows, metric, **{**SETTING, **changes})


BESIDE = {"random": 0.5, "k-means": 0.72, "full": 0.9}
ERROR = Metric("rmse", higher_is_better=False, unit="error")


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({}, "partial"),
        ({"reported": 0.70}, "verified"),
        ({"reported": 0.709}, "verified"),  # a point below
        ({"reported": 0.72}, "partial"),
        ({"reported": 0.72, "reported_std": 0.021}, "verified"),  # within the printed deviation
        ({"own": 0.51, "reported": 0.51}, "failed"),  # as published, but no further than random may be
        ({"repeats": 1, "reported": 0.7}, "none"),
        ({"method": "random"}, "none"),
        ({"metric": ERROR}, "failed"),
        ({"metric": ERROR, "own": 0.3}, "partial"),
        ({"metric": ERROR, "own": 0.3, "reported": 0.299}, "verified"),
        ({"metric": ERROR, "own": 0.3, "reported": 0.295}, "partial"),
    ],
)
def test_the_verdict_follows_from_the_scores(changes: dict[str, Any], verdict: str) -> None:
    assert result(**changes).verdict == verdict


def test_what_was_measured_follows_from_the_scores_and_nothing_that_is_typed_is_believed(tmp_path: Path) -> None:
    record([result()], tmp_path)
    file = tmp_path / result().file
    content = json.loads(file.read_text())
    file.write_text(json.dumps(content | {"measured": 0.999, "std": 0.0, "random": 0.1, "repeats": 99}))
    assert recorded(tmp_path) == (result(),)
    content["rows"][0]["mean"] = 0.999
    file.write_text(json.dumps(content))
    with pytest.raises(DataError, match=r"says mean 0\.999, its scores give 0\.7"):
        recorded(tmp_path)


def test_statistics_without_raw_scores_are_no_result(tmp_path: Path) -> None:
    content = {name: value for name, value in result(reported=0.5).record().items() if name != "rows"}
    for told in (content, content | {"rows": []}):
        (tmp_path / "old.json").write_text(json.dumps(told))
        with pytest.raises(DataError, match=r"old\.json is no recorded result"):
            recorded(tmp_path)


def test_the_best_rival_is_no_larger_and_was_not_distilled() -> None:
    assert result().rival == ("k-means", pytest.approx(0.72))
    assert replace(result(), higher_is_better=False).rival == ("random", pytest.approx(0.5))
    assert replace(result(), baselines={}).rival == ("random", pytest.approx(0.5))


def test_random_against_random_is_ahead_in_no_more_than_one_case_in_twenty() -> None:
    scores = np.random.default_rng(0).normal(0.5, 0.03, (500, 2, 5))
    pairs = []
    for drawn in scores.tolist():
        rows = [Row(name, "convnet", tuple(drawn[n]), 10, 1.0) for n, name in enumerate(("distilled", "random"))]
        pairs.append(Result.of_rows(rows, ACCURACY, **SETTING))
    assert np.mean([pair.verdict == "partial" for pair in pairs]) < 0.05


def test_a_recorded_result_is_read_as_it_was_and_replaced_by_a_later_one(tmp_path: Path) -> None:
    record([result()], tmp_path)
    assert recorded(tmp_path) == (result(),)
    record([result(0.8)], tmp_path)
    assert recorded(tmp_path) == (result(0.8),)
    assert [path.name for path in tmp_path.iterdir()] == ["dm-digits-1-per-class-quick-convnet.json"]


def test_the_memory_that_a_set_took_outlasts_its_being_graded_again(tmp_path: Path) -> None:
    distilled, again = result(seconds=3.5), result(0.9, repeats=5, seconds=3.5)
    record([replace(distilled, memory_bytes=70)], tmp_path)
    record([again], tmp_path)
    assert recorded(tmp_path) == (replace(again, memory_bytes=70),)
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
    plain = result(method="mtt", dataset="cifar10", exam="mtt2022")
    record([plain, replace(plain, zca="absolute")], tmp_path)
    assert {result.zca for result in recorded(tmp_path)} == {None, "absolute"}
