"""Every exam preset loads, and means today what it meant when scores were stored under its hash."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from condenset.evaluation.exam import Exam, exam_names, exam_summary, named_exam
from condenset.report.results import recorded
from condenset.tasks.task import modalities
from tests.conformance import examples
from tests.conftest import ROOT

# A preset that changes gets a new version and a new file here; stored scores keep the old hash.
HASHES = Path(__file__).parent / "exam_hashes"
every = pytest.mark.parametrize("name", exam_names(plugins=False))


@every
def test_its_hash_is_the_pinned_one(name: str) -> None:
    exam = named_exam(name)
    assert (HASHES / f"{name}-{exam.version}").read_text(encoding="utf8").strip() == exam.hash


def test_no_pinned_exam_was_lost() -> None:
    assert {path.name.rpartition("-")[0] for path in HASHES.iterdir()} == set(exam_names(plugins=False))


def test_every_recorded_result_was_graded_by_an_exam_as_it_is_today() -> None:
    results = recorded(ROOT / "bench" / "results")
    assert [result.file for result in results if result.exam_hash != named_exam(result.exam).hash] == []


@every
def test_the_hash_covers_all_but_the_summary(name: str) -> None:
    exam = named_exam(name)
    assert replace(exam, summary="other words").hash == exam.hash
    changed = [
        replace(exam, version=99),
        replace(exam, repeats=exam.repeats + 1),
        replace(exam, labels="hard" if exam.labels == "own" else "own", teacher=None, views=0),
        replace(exam, networks=("lenet",)),
        replace(exam, training=replace(exam.training, epochs=exam.training.epochs + 1)),
        replace(exam, training=replace(exam.training, selection="validation", drop=0.123)),
    ]
    assert len({exam.hash, *(other.hash for other in changed)}) == len(changed) + 1


@every
def test_it_is_described_and_grades_something(name: str) -> None:
    exam: Exam = named_exam(name)
    assert exam.name == name
    assert exam_summary(name) == exam.summary
    assert len(exam.summary) > 20
    assert exam.repeats >= 1
    assert all(0 < at <= 1 for at in exam.training.drop_at)
    assert list(exam.steps_by_items) == sorted(exam.steps_by_items, key=lambda pair: pair[0])


@pytest.mark.parametrize("name", list(examples.MAKERS))
def test_every_modality_has_an_exam_and_learners_that_fit_its_data(name: str) -> None:
    task = examples.task(name)
    assert task.modality.name in {modality.name for modality in modalities()}
    exam = named_exam(task.modality.exam)
    assert exam.learners(task)
    assert set(named_exam("fair").learners(task)) == set(task.modality.learners)
