"""Amazon Magazine: the released counts and scores, and what is said where a file is absent or broken."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from condenset.core.errors import DataError, MissingExtraError
from condenset.core.execution import HERE
from condenset.core.registries import LEARNERS
from condenset.core.rng import Rng
from condenset.learners.training import Training
from condenset.tasks.interactions import open_interactions
from condenset.tasks.interactions.magazine import read_magazine
from tests.conftest import data_file, golden

TRAINING = Training(epochs=1)


@pytest.fixture
def magazine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the data are."""
    monkeypatch.setenv("CONDENSET_DATA", str(data_file("recsys/amazon-magazine").parents[1]))
    pytest.importorskip("h5py")


@pytest.mark.usefixtures("magazine")
@pytest.mark.all_vectors
def test_the_counts_are_the_releases() -> None:
    task, counts = open_interactions("magazine"), golden("modalities/recsys_magazine")["out_counts"].tolist()
    test, validation = task.held_out(), task.validation
    assert validation is not None
    assert [len(task.train), task.target.outputs, int(task.train.all().inputs.sum())] == counts[:3]
    assert int(validation.targets["wanted"].sum()) == counts[3]
    assert int(test.targets["wanted"].sum()) == 6145 <= counts[4], "the release counts what a user took twice as two"
    assert (len(validation), len(test)) == (411, 3092)
    assert task.fingerprint["rows"] == 3092


@pytest.mark.usefixtures("magazine")
@pytest.mark.all_vectors
def test_released_scores_of_ease() -> None:
    """Where the release adds repeats up we count them once: 0.1 of a point on validation items, 0.3 on test items."""
    task, arrays = open_interactions("magazine"), golden("modalities/recsys_magazine")
    train, asked = task.train.all(), len(task.validation or ())
    for strength, released in zip(arrays["in_lam_ease"].tolist(), arrays["out_ease_val"], strict=True):
        if strength in (100, 500):
            model = LEARNERS.get("ease")(f"strength={strength}", TRAINING, HERE).fit(train, task, Rng(0))
            in_all = 100 * task.validate(model, Rng(0)) * asked / len(train)
            assert in_all == pytest.approx(float(released[2]), abs=0.1)
    found = task.grade(model, Rng(0))
    assert 100 * found["ndcg@10"] == pytest.approx(float(arrays["out_ease_test"][2]), abs=0.3)
    assert 100 * found["recall@10"] == pytest.approx(float(arrays["out_ease_test"][0]), abs=0.5)


@pytest.mark.slow
@pytest.mark.usefixtures("magazine")
@pytest.mark.all_vectors
def test_released_scores_of_infinite_ae() -> None:
    task, arrays = open_interactions("magazine"), golden("modalities/recsys_magazine")
    for strength, released in zip(arrays["in_lam_infae"].tolist(), arrays["out_infae_test_f64"], strict=True):
        if strength in (5, 20):
            learner = LEARNERS.get("infinite-ae")(f"strength={strength}", TRAINING, HERE)
            found = task.grade(learner.fit(task.train.all(), task, Rng(0)), Rng(0))
            assert 100 * found["ndcg@10"] == pytest.approx(float(released[2]), abs=0.3)
            assert 100 * found["recall@10"] == pytest.approx(float(released[0]), abs=0.5)


@pytest.mark.real_data("recsys/amazon-magazine")
def test_popularity_is_far_behind() -> None:
    """The released popularity reaches 8.4, EASE 22.8."""
    data_file("recsys/amazon-magazine")
    pytest.importorskip("h5py")
    task = open_interactions("magazine")
    model = LEARNERS.get("popularity")(None, TRAINING, HERE).fit(task.train.all(), task, Rng(0))
    assert 100 * task.grade(model, Rng(0))["ndcg@10"] == pytest.approx(8.42, abs=0.15)


def test_an_absent_file_is_named_with_its_origin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"total_data.hdf5 is not found below .*github.com/noveens/distill_cf"):
        open_interactions("magazine")
    monkeypatch.delenv("CONDENSET_DATA")
    with pytest.raises(DataError, match="CONDENSET_DATA is not set"):
        open_interactions("magazine")


def made(folder: Path, users: int = 3, parts: int = 3) -> None:
    """Files as the release has them."""
    h5py = pytest.importorskip("h5py")
    own = folder / "recsys" / "amazon-magazine"
    own.mkdir(parents=True)
    with h5py.File(own / "total_data.hdf5", "w") as file:
        file["user"], file["item"] = np.arange(users) % 2, np.arange(users)
    np.savez(own / "index.npz", data=np.array([0, 2, -1, 1])[:parts])


def test_files_of_the_same_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path)
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    rows = read_magazine("magazine").rows
    assert rows["split"].tolist() == ["train", "test"] and rows["item"].tolist() == [0, 1]


def test_files_that_do_not_fit_or_are_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, parts=2)
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(DataError, match="3 users, 3 items and 2 places in the split do not fit"):
        open_interactions("magazine")
    (tmp_path / "recsys" / "amazon-magazine" / "total_data.hdf5").write_bytes(b"no HDF5")
    with pytest.raises(DataError, match=r"total_data\.hdf5 cannot be read"):
        open_interactions("magazine")


def test_without_h5py_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path)
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(MissingExtraError, match=r"condenset\[recsys\]"):
        open_interactions("magazine")
