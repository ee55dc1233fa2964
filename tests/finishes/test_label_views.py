"""A set whose teacher's labels are stored by views: saved, read and taught from, and what cannot be labelled so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from condenset.artifact import read, save
from condenset.assets.asset import ReadsAssets
from condenset.assets.teacher_store import Squeeze
from condenset.codecs.multi_formation import MultiFormation
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam, Teacher
from condenset.evaluation.score import evaluate_set
from condenset.finishes.finish import StoresLabels
from condenset.finishes.label_views import LabelViews
from condenset.learners.training import Training
from condenset.sources.pretrained import Pretrained
from tests.examples import digits, set_of

NAME = "convnet:width=8,depth=2,norm=batch"
FINISH = LabelViews(Pretrained(Squeeze(epochs=5, examples=600, batch=32)), NAME, views=4)
EXAM = Exam(
    "short",
    1,
    "",
    Training(epochs=50, rate=0.1, augment=True, augmentation=(("mode", "each"),), temperature=2.0),
    ("mlp:width=32,depth=1",),
    labels="views",
    views=4,
    teacher=Teacher(NAME, epochs=5, examples=600, batch=32),
)


def test_stored_views_teach_what_the_images_show_whatever_their_hard_labels_say(tmp_path: Path) -> None:
    """Measured: 0.45 from ten images of a class whose hard labels are all wrong, as written and as read."""
    real = digits().train.sample(10, Rng(0))
    wrong = set_of(real.inputs, (real.targets + 3) % 10)
    labelled = FINISH(digits(), wrong, Rng(0))
    save(labelled, digits(), tmp_path / "set", {"method": "lpld"})
    back = read(tmp_path / "set").synthetic
    scores = [evaluate_set(one, digits(), EXAM, repeats=1).average("distilled") for one in (labelled, back)]
    assert scores[0] == scores[1] > 0.3
    item, words = FINISH.label_bytes(digits())
    assert labelled.nbytes().labels == back.nbytes().labels == 100 * item + words


def test_an_exam_that_makes_other_views_is_refused() -> None:
    real = digits().train.sample(1, Rng(0))
    labelled = FINISH(digits(), set_of(real.inputs, real.targets), Rng(0))
    other = replace(EXAM, training=replace(EXAM.training, augmentation=(("mode", "all"),)))
    with pytest.raises(RequestError, match="labels are stored for views by DSA"):
        evaluate_set(labelled, digits(), other, repeats=1)


def test_an_exam_that_knows_no_views_takes_the_mean_of_their_labels() -> None:
    real = digits().train.sample(5, Rng(0))
    labelled = FINISH(digits(), set_of(real.inputs, real.targets), Rng(0))
    own = replace(EXAM, labels="own", views=0, teacher=None, training=Training(epochs=30, rate=0.1, batch=16))
    mean = set_of(real.inputs, labelled.labels().detach())
    scores = [evaluate_set(one, digits(), own, repeats=1).average("distilled") for one in (labelled, mean)]
    assert scores[0] == scores[1]


def test_its_teacher_is_an_asset() -> None:
    assert isinstance(FINISH, ReadsAssets) and isinstance(FINISH, StoresLabels)
    FINISH.source.trained(digits(), NAME)
    (asset,) = FINISH.stores(digits())[0].assets()
    assert asset.name.startswith("teacher ")


def test_items_of_several_images_are_refused() -> None:
    real, items = digits().train.sample(4, Rng(0)), digits().train.sample(1, Rng(0))
    codec = MultiFormation.encode(real.inputs, digits(), factor=2)
    parts = set_of(items.inputs, items.targets).replaced(codec=codec)
    with pytest.raises(RequestError, match="10 items decode to 40 images, and views are labelled of items"):
        FINISH(digits(), parts, Rng(0))


def test_the_stream_decides_how_views_are_made() -> None:
    real = digits().train.sample(1, Rng(0))
    synthetic = set_of(real.inputs, real.targets)
    draws = [FINISH(digits(), synthetic, Rng(seed)).labels.draws for seed in (0, 0, 1)]
    assert torch.equal(draws[0], draws[1]) and not torch.equal(draws[0], draws[2])
