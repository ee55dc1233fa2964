"""Recommending: made from one part of the training data, judged on another, the test data untouched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.core.metric import ACCURACY, SPACE
from condenset.distillation import distilled
from condenset.evaluation.exam import Exam, named_exam
from condenset.evaluation.recommend import (
    FINALISTS,
    HEATS,
    JUDGES,
    SIMPLE,
    SPLITS,
    Tried,
    contenders_of,
    fits,
    recommend,
    told,
)
from condenset.evaluation.track_record import TrackRecord
from condenset.synthetic import SyntheticSet
from condenset.tasks.contender import Contender
from condenset.tasks.image import open_images
from condenset.tasks.task import Task
from tests.conformance import examples
from tests.examples import blobs

EXAM = replace(named_exam("quick"), networks=("logistic",))


def refuse() -> None:
    raise AssertionError("the test data were opened")


def test_the_best_on_validation_comes_first_and_the_test_data_stay_shut() -> None:
    task = replace(blobs(spread=2.0), held_out=refuse)
    tried = recommend(task, Size(per_class=2), contenders=(*SIMPLE, Contender("relabel")), exam=EXAM)
    means = [one.mean for one in tried[:FINALISTS]]
    assert means == sorted(means, reverse=True) and len(set(means)) > 1
    assert {one.contender.method for one in tried} == {"k-means", "herding", "k-center", "random", "relabel"}
    assert [len(one.scores) for one in tried] == [SPLITS] * FINALISTS + [SPLITS // 2] * (len(tried) - FINALISTS)
    for one in tried:
        assert one.bytes > 0
        assert one.ci95 is None if len(one.scores) == 1 else one.ci95 and one.ci95[0] <= one.mean <= one.ci95[1]
    again = recommend(task, Size(per_class=2), contenders=(*SIMPLE, Contender("relabel")), exam=EXAM)
    assert [(one.contender, one.mean) for one in again] == [(one.contender, one.mean) for one in tried]


def test_much_to_judge_by_is_split_off_once_and_validation_data_are_taken_as_they_are() -> None:
    once = recommend(blobs(per_class=3 * JUDGES), Size(per_class=2), contenders=SIMPLE[:1], exam=EXAM)
    assert len(once[0].scores) == HEATS
    task = replace(blobs(), validation=blobs(per_class=4).train.all())
    assert len(recommend(task, Size(per_class=2), contenders=SIMPLE[:1], exam=EXAM)[0].scores) == HEATS


def test_of_equal_ones_the_simpler_comes_first() -> None:
    easy = blobs(spread=0.01)
    tried = recommend(easy, Size(per_class=1), contenders=SIMPLE, exam=EXAM)
    assert [one.contender for one in tried] == list(SIMPLE)


@pytest.mark.parametrize(("kind", "first"), [("encoded", "linear-gradient-matching"), ("image", "k-means")])
def test_with_an_encoder_its_own_method_is_considered_first_and_none_that_goes_through_it_often(kind, first) -> None:
    task = examples.task(kind)
    fitting = [one.method for one in contenders_of(task) if fits(one, task, Size(per_class=1))]
    assert fitting[0] == first and ("dm" in fitting) == (kind == "image")


def test_what_cannot_be_made_is_left_out_and_nothing_left_is_an_error() -> None:
    most = int(blobs().train.counts().min())
    tried = recommend(blobs(), Size(per_class=2), contenders=(Contender("rded"), SIMPLE[0]), exam=EXAM)
    assert [one.contender.method for one in tried] == ["k-means"], "a table offers no grid"
    with pytest.raises(
        RequestError, match=r"no recipe can be tried on a part of .* has \d+ for \d+ items.*name the method"
    ):
        recommend(blobs(), Size(per_class=most), contenders=SIMPLE, exam=EXAM)


def test_a_contender_is_named_by_what_is_changed() -> None:
    changed = Contender("relabel", {"start": "herding"})
    assert (changed.name, changed.words) == ("relabel, start=herding", "--method relabel --set start=herding")


def test_a_simple_one_is_always_among_the_finalists() -> None:
    learnt = [Contender("relabel", {"start": start}) for start in ("random", "herding", "k-center", "medoids")]
    tried = recommend(blobs(spread=2.0), Size(per_class=2), contenders=(*learnt, SIMPLE[0]), exam=EXAM)
    assert SPLITS in {len(one.scores) for one in tried if one.contender.simple}


def test_the_one_that_fared_best_on_recorded_data_is_a_finalist_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its first sets: a few validation rows tell less than many data sets."""

    def fared(method: str, changes: Mapping[str, Any], exam: Exam, but: str) -> TrackRecord | None:
        assert (exam, but) == (EXAM, "blobs")
        return {last: TrackRecord(3, 4), "random": TrackRecord(0, 9)}.get(method)

    monkeypatch.setattr("condenset.evaluation.recommend.FINALISTS", 1)
    before = recommend(blobs(spread=2.0), Size(per_class=2), contenders=SIMPLE, exam=EXAM)
    last = before[-1].contender.method
    monkeypatch.setattr("condenset.evaluation.recommend.track_record", fared)
    tried = recommend(blobs(spread=2.0), Size(per_class=2), contenders=SIMPLE, exam=EXAM)
    finalists = {one.contender.method: one for one in tried if len(one.scores) == SPLITS}
    assert finalists.keys() == {before[0].contender.method, last}
    assert finalists[last].record()["recorded"] == {"ahead": 3, "of": 4}
    assert told([finalists[last], tried[0]], ACCURACY).endswith("; on recorded data ahead of its best rival on 3 of 4")


def test_it_says_what_to_expect_beside_the_best_of_the_other_kind() -> None:
    k_means, random, relabel = (
        Tried(one, (score,), 1, 0.0)
        for one, score in zip((SIMPLE[0], SIMPLE[3], Contender("relabel")), (0.8, 0.7, 0.9), strict=True)
    )
    best = told([relabel, k_means, random], ACCURACY).replace(SPACE, " ")
    assert best == "relabel, chosen on validation data (accuracy 90.0 %, k-means 80.0 %)"
    assert told([k_means, random], ACCURACY).startswith("nothing that is learnt was ahead: k-means")


def test_a_finalist_does_not_make_its_first_set_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[tuple[str, str, int]] = []

    def counted(task: Task, method: str, size: Size, changes: Mapping[str, Any], seed: int, *more: Any) -> SyntheticSet:
        made.append((method, repr(task.train.all().inputs), seed))
        return distilled(task, method, size, changes, seed, *more)

    monkeypatch.setattr("condenset.evaluation.recommend.distilled", counted)
    recommend(blobs(), Size(per_class=2), contenders=SIMPLE, exam=EXAM)
    assert len(made) == len(set(made)) == SPLITS // 2 * (len(SIMPLE) - FINALISTS) + SPLITS * FINALISTS


def test_what_packs_items_is_tried_where_bytes_are_asked_for_alone() -> None:
    task, packing = examples.task("image"), ["mosaic", "labelled-mosaic", "labelled-mosaic"]
    for size, expected in ((Size(bytes=20_000), packing), (Size(per_class=2), [])):
        fitting = [one for one in contenders_of(task) if fits(one, task, size)]
        assert [one.method for one in fitting if one.packs] == expected
    packed = Contender("mosaic", {"codec": "mosaic:bits=3"}, packs=True)
    made = recommend(open_images("digits"), Size(bytes=5000), contenders=(SIMPLE[3], packed), exam=EXAM)
    mosaic, random = (next(one for one in made if one.contender.method == name) for name in ("mosaic", "random"))
    assert mosaic.bytes <= 5000 >= random.bytes and mosaic.mean > random.mean


def test_a_kind_of_data_brings_contenders_of_its_own() -> None:
    brought = Contender("herding", {"start": "medoids"})
    task = replace(blobs(), modality=replace(blobs().modality, contenders=(brought,)))
    assert contenders_of(task)[-1] == brought and fits(brought, task, Size(per_class=1))
    assert not {one.method for one in contenders_of(task)} & {"relabel", "dm"}, "these are said by other kinds"
