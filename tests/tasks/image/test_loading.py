from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.image import MODALITY, images_from_arrays, open_images
from condenset.tasks.pictures.loading import recognise
from tests.tasks.pictures import test_idx, test_parquet
from tests.tasks.pictures.pictures import class_folders, noise

X = np.stack([noise(16, 18, 3, seed=i) for i in range(20)])
Y = np.arange(20) % 4


def test_digits_open_as_a_task() -> None:
    task = open_images("digits")
    assert task.modality is MODALITY
    assert (task.name, task.input_spec.shape, task.target.classes) == ("digits", (1, 8, 8), tuple("0123456789"))
    test = task.held_out()
    assert (len(task.train), len(test)) == (1438, 359)
    values = task.train.batch.inputs
    assert abs(values.mean()) < 1e-4
    assert values.std().item() == pytest.approx(1, abs=1e-3)
    assert torch.bincount(test.targets).tolist() == [36, 36, 35, 37, 36, 36, 36, 36, 35, 36]
    assert torch.equal(test.targets, test.groups)
    assert task.preprocessing["size"] == [8, 8]
    assert task.fingerprint["rows"] == 1438


def test_no_digit_is_trained_and_tested_on() -> None:
    from sklearn.datasets import load_digits

    task = open_images("digits", seed=3)
    mean, std = task.preprocessing["mean"][0], task.preprocessing["std"][0]
    parts = [((b.inputs * std + mean) * 16).round().flatten(1).int() for b in (task.train.batch, task.held_out())]
    rows = sorted(map(tuple, torch.cat(parts).tolist()))
    assert rows == sorted(map(tuple, load_digits().data.astype(int).tolist()))


def test_a_source_opens_the_same_task_again() -> None:
    task = open_images("digits", seed=5, test_fraction=0.3)
    again = open_images(**json.loads(json.dumps(task.source)))
    assert again.fingerprint == task.fingerprint
    assert torch.equal(again.held_out().inputs, task.held_out().inputs)
    assert open_images("digits", seed=6, test_fraction=0.3).fingerprint != task.fingerprint


def test_augmentation_respects_what_an_image_means() -> None:
    assert open_images("digits").augmentation.strategy == ("color", "crop", "scale", "rotate")
    full = ("color", "crop", "cutout", "flip", "scale", "rotate")
    assert images_from_arrays(X, Y).augmentation.strategy == full
    assert images_from_arrays(X[:, :10], Y).augmentation.strategy == tuple(g for g in full if g != "cutout")


@pytest.mark.parametrize("limit", [None, 0], ids=["in memory", "on disk"])
def test_whether_images_are_flipped_can_be_said_and_is_kept_for_the_exam(tmp_path: Path, limit: int | None) -> None:
    folder = class_folders(tmp_path / "letters", {"b": 6, "d": 6})
    plain, flipped, still = (open_images(folder, flip=flip, memory_limit=limit) for flip in (None, True, False))
    assert [task.augmentation.mirrors for task in (plain, flipped, still)] == [True, True, False]
    assert ["mirror" in task.offers for task in (plain, flipped, still)] == [True, True, False]
    assert "flip" not in plain.source and "flip" not in plain.preprocessing  # sets made before say nothing
    again = open_images(**still.source)
    assert again.augmentation == still.augmentation
    assert again.preprocessing == still.preprocessing != plain.preprocessing  # kept scores are told apart by it
    assert open_images("digits", flip=True).augmentation.mirrors
    assert not images_from_arrays(X, Y, flip=False).augmentation.mirrors


def test_class_folders_open_with_unbalanced_classes(tmp_path: Path) -> None:
    class_folders(tmp_path, {"a": 10, "b": 3, "c": 1})
    task = open_images(tmp_path)
    assert task.train.counts().tolist() == [8, 2, 1]
    assert torch.bincount(task.held_out().targets, minlength=3).tolist() == [2, 1, 0]
    assert open_images(str(tmp_path), size=12).input_spec.shape == (3, 12, 12)


def test_skipped_files_are_recorded(tmp_path: Path) -> None:
    class_folders(tmp_path, {"a": 4, "b": 4, "c": 1})
    (tmp_path / "a" / "0.png").write_text("broken")
    with pytest.warns(UserWarning, match="skipped 1"):
        assert open_images(tmp_path, skip_unreadable=True).preprocessing["skipped"] == 1
    (tmp_path / "c" / "0.png").write_text("broken")
    with pytest.warns(UserWarning), pytest.raises(DataError, match=r"\['c'\] have no training image"):
        open_images(tmp_path, skip_unreadable=True)


def test_npz_opens_and_resizes(tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", x_train=X, y_train=Y, x_test=X[:4], y_test=Y[:4])
    task = open_images(tmp_path / "s.npz", size=8)
    assert task.input_spec.shape == (3, 8, 8)
    test = task.held_out()
    assert torch.equal(test.inputs, task.train.batch.inputs[:4])


def test_arrays_open_with_names_and_their_own_test_data() -> None:
    task = images_from_arrays(X, Y, held_out=(X[:3], Y[:3]), classes=["a", "b", "c", "d"], name="mine")
    assert (task.name, task.target.classes, len(task.held_out())) == ("mine", ("a", "b", "c", "d"), 3)
    with pytest.raises(DataError, match=r"\['d'\]"):
        images_from_arrays(X[Y < 3], Y[Y < 3], classes=["a", "b", "c", "d"])


def test_test_labels_are_looked_at_only_when_the_exam_opens_them(tmp_path: Path) -> None:
    class_folders(tmp_path / "train", {"a": 3, "b": 3})
    class_folders(tmp_path / "test", {"z": 3})
    task = open_images(tmp_path)
    with pytest.raises(DataError, match="'z'"):
        task.held_out()


def test_wrong_requests_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'fashion-mnist'"):
        open_images("fashionmnist")
    with pytest.raises(RequestError, match="no file or folder"):
        open_images(tmp_path / "nothing")
    with pytest.raises(RequestError, match="image size 2"):
        open_images("digits", size=2)
    (tmp_path / "a.txt").write_text("text")
    with pytest.raises(DataError, match=r"a \.txt file"):
        open_images(tmp_path / "a.txt")


def test_recognise_tells_images_from_other_data(tmp_path: Path) -> None:
    class_folders(tmp_path / "images", {"a": 1, "b": 1})
    np.savez(tmp_path / "s.npz", images=X, labels=Y)
    np.savez(tmp_path / "t.npz", x=np.zeros((4, 2)), y=Y[:4])
    (tmp_path / "t.csv").write_text("a,b\n1,2\n")
    found = {p.name: recognise(p) for p in tmp_path.iterdir()}
    assert found == {"images": True, "s.npz": True, "t.npz": False, "t.csv": False}
    assert not recognise(tmp_path / "nothing")
    assert not recognise(tmp_path)


def test_importing_the_modality_imports_nothing_heavy() -> None:
    heavy = "{'PIL', 'torchvision', 'pyarrow', 'sklearn', 'matplotlib', 'pandas'}"
    code = f"import sys, condenset.tasks.image; print(sorted({heavy} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_task_of_files_that_was_sent_opens_its_test_files_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for split in ("train", "test"):
        class_folders(tmp_path / "folders" / split, {"a": 3, "b": 4})
        test_parquet.write(tmp_path / "parquet" / "data" / f"{split}-0.parquet", 4)
    (tmp_path / "idx").mkdir()
    test_idx.write(tmp_path / "idx")
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))
    for path in [tmp_path / name for name in ("folders", "parquet", "idx")]:
        task = open_images(path)
        sent = pickle.loads(pickle.dumps(task))
        assert torch.equal(sent.held_out().inputs, task.held_out().inputs), path.name
        assert torch.equal(sent.train.batch.inputs, task.train.batch.inputs), path.name
