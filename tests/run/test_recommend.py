"""Recommending: made from one part of the training data, judged on another, the test data untouched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.evaluation.exam import named_exam
from condenset.run.recommend import LEARNT, SIMPLE, Contender, recommend
from tests.examples import blobs
from tests.run.conftest import Cli

EXAM = replace(named_exam("quick"), networks=("logistic",))


def refuse() -> None:
    raise AssertionError("the test data were opened")


def test_the_best_on_validation_comes_first_and_the_test_data_stay_shut() -> None:
    task = replace(blobs(spread=2.0), held_out=refuse)
    tried = recommend(task, Size(per_class=2), contenders=(*SIMPLE, LEARNT[0]), exam=EXAM)
    means = [one.mean for one in tried]
    assert means == sorted(means, reverse=True) and len(set(means)) > 1
    assert {one.contender.method for one in tried} == {"k-means", "herding", "k-center", "random", "relabel"}
    assert all(one.ci95[0] <= one.mean <= one.ci95[1] and one.bytes > 0 for one in tried)
    again = recommend(task, Size(per_class=2), contenders=(*SIMPLE, LEARNT[0]), exam=EXAM)
    assert [(one.contender, one.mean) for one in again] == [(one.contender, one.mean) for one in tried]


def test_of_equal_ones_the_simpler_comes_first() -> None:
    easy = blobs(spread=0.01)
    tried = recommend(easy, Size(per_class=1), contenders=SIMPLE, exam=EXAM)
    assert [one.contender for one in tried] == list(SIMPLE)


def test_what_cannot_be_made_is_left_out_and_nothing_left_is_an_error() -> None:
    most = int(blobs().train.counts().min())
    tried = recommend(blobs(), Size(per_class=2), contenders=(Contender("rded"), SIMPLE[0]), exam=EXAM)
    assert [one.contender.method for one in tried] == ["k-means"], "a table offers no grid"
    with pytest.raises(RequestError, match="no recipe can make"):
        recommend(blobs(), Size(per_class=most), contenders=SIMPLE, exam=EXAM)


def test_a_contender_is_named_by_what_is_changed() -> None:
    changed = Contender("relabel", {"start": "herding"})
    assert (changed.name, changed.words) == ("relabel, start=herding", "--method relabel --set start=herding")


def test_the_command_says_how_to_make_the_set(cli: Cli) -> None:
    told = cli("recommend", "iris", "--per-class", "2", "--exam", "quick")
    assert told.code == 0
    assert "next: condenset distill iris --method" in told.out
    record = cli("recommend", "iris", "--per-class", "2", "--exam", "quick", "--json").record
    assert record["schema"] == "condenset.recommend/1" and len(record["rows"]) == len(SIMPLE) + len(LEARNT)
