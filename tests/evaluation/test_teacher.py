"""An exam whose labels are a teacher's: every row learns from it, and what it cannot do is refused."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam, Teacher, named_exam
from condenset.evaluation.score import evaluate_set
from condenset.learners.lesson import Lesson
from condenset.learners.sgd import predictor
from condenset.learners.training import Training
from condenset.nets.network import Output
from tests.examples import digits, set_of

TEACHER = Teacher("convnet:width=8,depth=2,norm=batch", epochs=3, rate=0.05, batch=32)
EXAM = Exam(
    "short",
    1,
    "",
    Training(epochs=100, rate=0.1, temperature=2.0),
    ("mlp:width=32,depth=1",),
    labels="teacher",
    teacher=TEACHER,
)


def test_a_set_with_wrong_labels_scores_as_one_with_right_ones() -> None:
    """Only the teacher's labels count; without it the wrong ones teach nothing. The exam says what it did."""
    real = digits().train.sample(10, Rng(0))
    right, wrong = (set_of(real.inputs, (real.targets + shift) % 10) for shift in (0, 3))
    found = [evaluate_set(synthetic, digits(), EXAM, repeats=1) for synthetic in (right, wrong)]
    assert found[0].average("distilled") == found[1].average("distilled") > 0.7
    assert "trained on all the data" in found[0].conversion
    own = replace(EXAM, labels="own", teacher=None, training=replace(EXAM.training, temperature=1.0))
    plain = evaluate_set(wrong, digits(), own, repeats=1)
    assert plain.average("distilled") < 0.1
    assert plain.conversion == ""


def test_the_teacher_knows_the_data() -> None:
    """Measured: 0.94."""
    assert digits().judged(predictor(TEACHER.taught(digits())), digits().train.all(), Rng(0)) > 0.85


def test_a_learner_takes_its_teacher_to_a_worker() -> None:
    (learner,) = EXAM.learners(digits()).values()
    taught = replace(learner, teacher=TEACHER.taught(digits()))
    arrived = pickle.loads(pickle.dumps(taught))
    train = digits().train.sample(2, Rng(0))
    first, second = (one.fit(train, digits(), Rng(0))(train.inputs) for one in (taught, arrived))
    assert torch.equal(first, second)


def test_the_hash_follows_the_teacher() -> None:
    others = [replace(EXAM, teacher=replace(TEACHER, epochs=4)), replace(EXAM, teacher=replace(TEACHER, network="mlp"))]
    assert len({exam.hash for exam in (EXAM, *others)}) == 3


def test_rded_in_numbers() -> None:
    exam = named_exam("rded2024")
    training = exam.training
    assert (training.optimiser, training.rate, training.weight_decay) == ("adamw", 1e-3, 0.01)
    assert (training.epochs, training.batch, training.cutmix, training.temperature) == (300, 50, 1.0, 20)
    assert exam.teacher == Teacher("convnet:norm=batch,width=64", epochs=10)


@pytest.mark.parametrize("name", ["logistic", "kernel", "features:mlp/width=9"])
def test_what_is_no_network_cannot_be_taught(name: str) -> None:
    with pytest.raises(RequestError, match=f"'{name}' is no network"):
        EXAM.learners(digits(), (name,))


@pytest.mark.parametrize("change", [{"labels": "own"}, {"teacher": None}])
def test_labels_of_a_teacher_and_a_teacher_go_together(change: dict[str, object]) -> None:
    with pytest.raises(RequestError, match="give both"):
        replace(EXAM, **change)


def test_a_teacher_labels_what_is_read_and_not_what_is_stored() -> None:
    """The lesson's loss on an image is least where the student says what the teacher says of that image."""
    part = digits().train.sample(2, Rng(0))
    teacher = TEACHER.taught(digits())
    lesson = Lesson(part, digits(), EXAM.training, Rng(0), teacher)
    same, other = teacher(part.inputs).logits, torch.zeros(len(part), 10)
    entropy = -((same / 2).softmax(1) * (same / 2).log_softmax(1)).sum(1).mean()
    torch.testing.assert_close(lesson.error(Output(same, same), part), entropy)
    assert lesson.error(Output(other, other), part) > entropy + 0.5
