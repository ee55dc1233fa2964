"""Images without labels: a folder of pictures, labels that are left to exams, vectors as targets, bad requests."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch

import condenset
from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.core.errors import DataError
from condenset.run.distill import distill
from condenset.run.evaluate import evaluate
from condenset.tasks.catalogue import modality_of, open_task
from tests.tasks.pictures.encoders import MODEL, tiny, weights
from tests.tasks.pictures.pictures import noise, save

READ = {"encoder": MODEL, "encoder_weights": str(weights()), "encoder_size": 32}


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Fifteen pictures that nobody sorted."""
    for number in range(15):
        save(tmp_path / "photos" / f"{number}.png", noise(12, 12, 3, seed=number) // 2 + 8 * number)
    return tmp_path / "photos"


def test_a_folder_of_pictures_is_recognised_and_said_to_have_no_labels(photos: Path) -> None:
    assert modality_of(photos).name == "unlabelled-images"
    task = open_task(photos, **READ)
    assert "there are no labels" in task.recognised.target and MODEL in task.recognised.target
    assert len(task.groups) == 1 and (len(task.train), len(task.held_out())) == (12, 3)
    assert {"vectors", "grid"} <= task.offers and not {"classes", "encoder"} & task.offers
    assert [metric.name for metric in task.target.metrics] == ["r2", "rmse"]
    with pytest.raises(DataError, match="sort them into at least two folders, one per class, or open them with --task"):
        open_task(photos, "image")


def test_targets_are_the_encoders_vectors_in_one_unit(photos: Path) -> None:
    task = open_task(photos, **READ)
    train, test = task.train.all(), task.held_out()
    vectors = tiny().vectors(train.inputs)
    torch.testing.assert_close(train.targets * task.target.unit + vectors.mean(0), vectors, rtol=1e-3, atol=1e-4)
    assert train.targets.square().mean().item() == pytest.approx(1, rel=1e-3)
    expected = (tiny().vectors(test.inputs) - vectors.mean(0)) / task.target.unit
    torch.testing.assert_close(test.targets, expected, rtol=1e-3, atol=1e-3)


def test_labels_are_opened_for_exams_alone() -> None:
    task = open_task("digits", "unlabelled-images", images_per_class=4, **READ)
    train, classes = task.train.all(), task.held_out().groups
    assert (train.groups == 0).all() and train.targets.is_floating_point()
    assert len(classes.unique()) == 10 and "10 classes at evaluation alone" in task.recognised.target
    assert [metric.name for metric in task.target.metrics] == ["r2", "rmse", "probe"]
    assert (task.with_validation().validation.groups == 0).all()
    sent = pickle.loads(pickle.dumps(task))
    assert torch.equal(sent.held_out().targets, task.held_out().targets)


def test_a_set_of_them_is_saved_opened_and_graded(photos: Path, tmp_path: Path) -> None:
    distill(photos, "krr-st", size=Size(items=3), out=tmp_path / "set", changes={"steps": 2, "source.size": 2}, **READ)
    card = read(tmp_path / "set").card
    assert card.task.modality == "unlabelled-images" and card.assets == (tiny().asset,)
    assert condenset.load(tmp_path / "set").decode().targets.shape == (3, tiny().weights.width)
    graded = evaluate(tmp_path / "set", repeats=1, baselines=("random",), networks=("kernel:ntk",))
    assert graded.exam.name == "pretrain"
    assert {row.name for row in graded.rows} >= {"distilled", "random"}
