"""Labels of views: what the teacher said belongs to the view that it saw, at any batch size, and to no other."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.learners.lesson import Lesson
from condenset.learners.sgd import NetworkTraining
from condenset.learners.training import Training
from condenset.learners.views import Views, described, viewed
from condenset.nets.network import Output
from condenset.tasks.task import NoAugmentation
from tests.conftest import close
from tests.examples import blobs, digits
from tests.networks import drawn

TASK = digits()
EACH = TASK.augmentation.changed(mode="each")
TEACHER = drawn("convnet:width=4,depth=1", (1, 8, 8), 10, Rng(7))
PART = TASK.train.sample(2, Rng(0))
VIEWS = viewed(PART, TASK, TEACHER, EACH, 3, Rng(1))
TRAINING = Training(epochs=1, batch=6, augment=True, augmentation=(("mode", "each"),), temperature=4.0)


def test_what_was_said_is_of_the_stored_view() -> None:
    assert VIEWS.said.shape == (20, 3, 10) and VIEWS.said.dtype == torch.float16
    for view in range(3):
        seen = EACH.apply(EACH.record(VIEWS.draws[:, view]), PART.inputs)
        close(TEACHER(seen).logits, VIEWS.said[:, view].float(), 5e-3)
    assert (VIEWS.said[:, 0] - VIEWS.said[:, 1]).abs().max() > 0.01, "views differ"


@pytest.mark.parametrize("batch", [3, 7, 20])
def test_a_lesson_of_any_batch_size_reads_views_with_their_labels(batch: int) -> None:
    """A student that says what the teacher says is as good as can be: its loss is the labels' entropy."""
    lesson = Lesson(PART, TASK, replace(TRAINING, batch=batch), Rng(2), views=VIEWS)
    for step, part in enumerate(lesson.parts(0)):
        changed = lesson.changed(part, step)
        said = TEACHER(changed.inputs).logits
        close(said, changed.targets, 5e-3)
        label = (said / 4).softmax(1)
        close(lesson.error(Output(said, said), changed), -(label * label.log()).sum(1).mean(), 5e-3)


def test_every_view_has_its_turn() -> None:
    lesson = Lesson(PART, TASK, TRAINING, Rng(2), views=VIEWS)
    (first, *_) = lesson.parts(0)
    found = {tuple(lesson.changed(first, step).targets[0].tolist()) for step in range(30)}
    assert len(found) == 3


def test_labels_of_views_by_another_augmentation_are_refused() -> None:
    with pytest.raises(RequestError, match=r"stored for views by DSA .*\"each\".* this exam augments by DSA .*\"all\""):
        Lesson(PART, TASK, replace(TRAINING, augmentation=(("mode", "all"),)), Rng(0), views=VIEWS)
    stronger = replace(TRAINING, augmentation=(("mode", "each"), ("scale_ratio", 1.5)))
    with pytest.raises(RequestError, match="the exam that the set asks for, or label it again"):
        Lesson(PART, TASK, stronger, Rng(0), views=VIEWS)


@pytest.mark.parametrize("change", [{"augment": False}, {"cutmix": 0.5}])
def test_a_training_that_sees_other_images_than_the_views_is_refused(change: dict[str, float]) -> None:
    with pytest.raises(RequestError, match="cutmix"):
        Lesson(PART, TASK, replace(TRAINING, **change), Rng(0), views=VIEWS)


def test_what_augments_a_batch_as_a_whole_cannot_be_stored() -> None:
    with pytest.raises(RequestError, match=r"'single' augments a batch as a whole.*'each' or 'all'"):
        viewed(PART, TASK, TEACHER, TASK.augmentation, 1, Rng(0))


def test_what_is_not_augmented_has_no_views() -> None:
    data = blobs()
    with pytest.raises(RequestError, match="nothing augments them"):
        viewed(data.train.all(), data, TEACHER, NoAugmentation(), 1, Rng(0))


def test_a_view_that_is_the_example_is_taken_by_any_training() -> None:
    plain = Views(VIEWS.said[:, :1], VIEWS.draws[:, :1], "")
    lesson = Lesson(PART, TASK, replace(TRAINING, augmentation=(("mode", "all"),)), Rng(0), views=plain)
    (first, *_) = lesson.parts(0)
    assert torch.equal(lesson.changed(first, 0).inputs, first.inputs)


def test_a_learner_labels_the_views_of_what_it_is_given() -> None:
    """By its teacher before the first step; so a network learns what the teacher says, and not the labels."""
    wrong = replace(PART, targets=(PART.targets + 1) % 10)
    learner = NetworkTraining("mlp:width=8,depth=1", TRAINING, teacher=TEACHER, views=2)
    first, second = (learner.fit(part, TASK, Rng(0))(PART.inputs) for part in (PART, wrong))
    assert torch.equal(first, second)


def test_augmentations_are_told_apart() -> None:
    others = [EACH, EACH.changed(mode="all"), EACH.changed(contrast=0.4)]
    assert len({described(augmentation) for augmentation in others}) == 3
