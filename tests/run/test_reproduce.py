"""What is reproduced, that it is recorded, and that nothing done is done again."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from condenset.core.budget import Size
from condenset.core.errors import RequestError, UnknownNameError
from condenset.core.process import peak_memory
from condenset.evaluation.exam import named_exam
from condenset.report.results import recorded, results_of
from condenset.run.config import Config
from condenset.run.console import Screen
from condenset.run.distill import run
from condenset.run.evaluate import Examination
from condenset.run.reproduce import Plan, Reproduction, reproduce, settings
from condenset.run.watched import grade
from condenset.tasks.catalogue import open_task
from tests.run.conftest import Cli


def test_a_paper_is_tried_where_it_reports_numbers() -> None:
    found = settings(["dm"], [], [])
    assert Reproduction("dm", "cifar10", "10 per class", ("dsa2021",), network="convnet") in found
    assert all(setting.method == "dm" for setting in found)
    assert settings(["dm"], ["mnist"], []) == [s for s in found if s.dataset == "mnist"]


def test_a_dataset_and_budget_that_are_named_are_tried_without_a_reported_number() -> None:
    assert settings(["dm"], ["digits"], ["3 per class"]) == [Reproduction("dm", "digits", "3 per class", ("dsa2021",))]
    assert settings(["dm"], ["digits"], ["3 per class"], "quick")[0].exams == ("quick",)


def test_images_are_whitened_where_the_paper_whitened_them(tmp_path: Path) -> None:
    (colour,) = settings(["mtt"], ["cifar10"], ["10 per class"])
    assert colour.zca == "absolute"
    assert colour.folder(tmp_path).name == "mtt-cifar10-zca-absolute-10-per-class"
    (unprinted,) = settings(["rcig"], ["cifar10"], ["1 per class"])
    assert unprinted.zca == "relative", "as at its other budgets"
    assert settings(["frepo"], ["fashion-mnist"], ["10 per class"])[0].zca is None


def test_the_papers_network_is_distilled_for_and_graded_where_the_exam_names_none() -> None:
    (digits,) = settings(["dd"], ["mnist"], ["10 per class"])
    assert digits.networks(open_task("digits")) == ("lenet:init=xavier",)
    (clothes,) = settings(["dm"], ["fashion-mnist"], ["10 per class"])
    assert clothes.networks(open_task("digits")) == (), "the one that images get anyway"
    (ridge,) = settings(["frepo"], ["fashion-mnist"], ["10 per class"])
    assert ridge.network is None, "the exam's own"


def test_an_unknown_paper_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="dmm"):
        settings(["dmm"], [], [])


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("10 per class", Size(per_class=10)),
        ("70 nodes", Size(items=70)),
        ("50 points", Size(items=50)),
        ("5 items", Size(items=5)),
        ("9000 bytes", Size(bytes=9000)),
    ],
)
def test_a_budget_in_words_is_read(words: str, size: Size) -> None:
    assert Reproduction("dm", "digits", words, ()).size == size


@pytest.mark.parametrize("words", ["ten per class", "10 per head", "10"])
def test_other_words_are_refused(words: str) -> None:
    with pytest.raises(RequestError, match="10 per class"):
        _ = Reproduction("dm", "digits", words, ()).size


def test_a_setting_is_recorded_and_not_run_again(tmp_path: Path) -> None:
    plan = Plan(tmp_path / "runs", tmp_path / "results", fair=False, repeats=1)
    chosen = settings(["random"], ["digits"], ["1 per class"], "quick")
    assert settings(["random"], ["digits"], ["1 per class"])[0].exams == (), "the set says which"
    (first,) = reproduce(chosen, plan, Screen())
    assert first in recorded(tmp_path / "results")
    assert (first.method, first.exam, first.repeats, first.verdict) == ("random", "quick", 1, "none")
    card = (tmp_path / "runs/random-digits-1-per-class/card.json").read_bytes()
    (again,) = reproduce(chosen, plan, Screen())
    assert again.measured == first.measured
    assert (tmp_path / "runs/random-digits-1-per-class/card.json").read_bytes() == card


def test_what_distilling_took_is_recorded_for_each_and_outlasts_its_being_graded_again(tmp_path: Path) -> None:
    held = torch.ones(200 * 2**20)  # 800 MB
    before = peak_memory()
    del held
    few = settings(["k-means"], ["digits"], ["1 per class"], "quick")
    plan = Plan(tmp_path / "runs", tmp_path / "results", fair=False, repeats=1)
    (first,) = reproduce(few, plan, Screen())
    assert first.seconds is not None and 0 < first.seconds < 60, "of a run that has no steps to log"
    assert first.memory_bytes is not None
    if sys.platform == "linux":  # another system keeps a process's peak
        assert 2**26 < first.memory_bytes < before - 2**29
    (again,) = reproduce(few, replace(plan, repeats=2), Screen())
    assert (again.repeats, again.seconds, again.memory_bytes) == (2, None, None)
    assert recorded(tmp_path / "results") == (replace(again, seconds=first.seconds, memory_bytes=first.memory_bytes),)


def test_a_set_that_was_graded_with_fewer_learners_is_graded_again(tmp_path: Path) -> None:
    chosen = settings(["random"], ["digits"], ["1 per class"], "quick")
    found = [
        [result.repeats for result in reproduce(chosen, Plan(tmp_path / "runs", tmp_path, False, asked), Screen())]
        for asked in (1, 3, 2)
    ]
    assert found == [[1], [3], [3]]


def test_a_set_that_was_graded_with_another_network_or_without_random_examples_is_graded_again(tmp_path: Path) -> None:
    folder = tmp_path / "runs/random-digits-1-per-class"
    run(Config("digits", "random", Size(per_class=1)), out=folder)
    grading = Examination(named_exam("quick"), ("mlp:width=4,depth=1",), ("random",), 1, 0)
    other = grade(Screen(), folder, open_task("digits"), grading)
    alone = grade(Screen(), folder, open_task("digits"), replace(grading, networks=("convnet:width=4",), baselines=()))
    assert [row.name for row in (*other.rows, *alone.rows)] == [
        "distilled", "random", "majority class", "distilled", "majority class",
    ]  # fmt: skip
    assert [result.network for result in results_of(folder)] == ["mlp:width=4,depth=1"]
    plan = Plan(tmp_path / "runs", tmp_path / "results", fair=False, repeats=1)
    found = list(reproduce(settings(["random"], ["digits"], ["1 per class"], "quick"), plan, Screen()))
    assert {result.network for result in found} == {"mlp:width=4,depth=1", "convnet"}


def test_a_run_without_a_verdict_is_not_recorded(cli: Cli) -> None:
    assert cli("distill", "iris", "--method", "random", "--per-class", "1", "--out", "set").code == 0
    assert cli("evaluate", "set", "--exam", "quick", "--repeats", "1", "--baselines", "").code == 0
    told = cli("reproduce", "--runs", "set", "--into", "found")
    assert told.code != 0 and "condenset evaluate set --baselines random" in told.err
    assert cli("evaluate", "set", "--exam", "quick", "--repeats", "1", "--baselines", "random").code == 0
    assert cli("reproduce", "--runs", "set", "--into", "found").code == 0
    assert {result.network for result in recorded(Path("found"))} == {"boosting", "logistic", "mlp"}


def test_a_set_is_graded_under_the_exam_that_is_the_same_for_all_besides(tmp_path: Path) -> None:
    chosen = settings(["random"], ["iris"], ["1 per class"], "quick")
    found = list(reproduce(chosen, Plan(tmp_path / "runs", tmp_path / "results", repeats=1), Screen()))
    assert {result.exam for result in found} == {"quick", "fair"}
    assert len(recorded(tmp_path / "results")) == 2 * 3, "learners"


def test_data_that_are_not_here_leave_their_setting_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    chosen = settings(["random"], ["no-such-data", "digits"], ["1 per class"], "quick")
    found = list(reproduce(chosen, Plan(tmp_path / "runs", tmp_path / "results", False, 1), Screen()))
    assert [result.dataset for result in found] == ["digits"]
    assert "no-such-data, 1 per class: left out" in capsys.readouterr().err


def test_what_does_not_fit_the_time_is_left_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chosen = settings(["kip"], ["digits"], ["1 per class"], "quick")
    plan = Plan(tmp_path / "runs", tmp_path / "results", False, 1, seconds=0.01)
    assert list(reproduce(chosen, plan, Screen())) == []
    assert "left out" in capsys.readouterr().err
