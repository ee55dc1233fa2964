"""Whitened tasks: test data go through the map of the training data, pictures come back through its inverse."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from condenset.core.errors import DataError, RequestError
from condenset.tasks.image import open_images
from condenset.tasks.pictures.preprocessing import levels, to_unit
from condenset.tasks.pictures.whitening import whitening_of
from tests.tasks.pictures.pictures import class_folders


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))
    whitening_of.cache_clear()
    return tmp_path


def rows(inputs: object) -> np.ndarray:
    assert isinstance(inputs, Tensor)
    return inputs.flatten(1).double().numpy()


def test_relative_whitening_follows_normalisation() -> None:
    """Against NumPy's eigenvalues of the training covariance, on training and on test images."""
    plain, task = open_images("digits"), open_images("digits", zca="relative")
    before = rows(plain.train.all().inputs)
    values, vectors = np.linalg.eigh(np.cov(before.T, bias=True))
    matrix = (vectors / np.sqrt(values + 0.1 * values.mean())) @ vectors.T
    for part, other in ((task.train.all(), plain.train.all()), (task.held_out(), plain.held_out())):
        expected = (rows(other.inputs) - before.mean(0)) @ matrix
        assert np.abs(rows(part.inputs) - expected).max() < 1e-3


def test_absolute_whitening_takes_the_place_of_normalisation() -> None:
    task = open_images("digits", zca="absolute")
    assert (task.preprocessing["mean"], task.preprocessing["std"]) == ([0.0], [1.0])
    spectrum = np.linalg.eigvalsh(np.cov(rows(task.train.all().inputs).T))
    assert spectrum.max() < 1, "every variance s became s / (s + 0.1)"


@pytest.mark.parametrize("form", ["relative", "absolute"])
def test_pixels_come_back(form: str) -> None:
    plain, task = open_images("digits"), open_images("digits", zca=form)
    pixels = [levels(to_unit(t.train.all().inputs, t.preprocessing)).astype(int) for t in (plain, task)]
    assert np.abs(pixels[0] - pixels[1]).max() <= 1


def test_the_map_is_fitted_once_and_named_after_its_data(cache: Path) -> None:
    first, again = open_images("digits", zca="relative"), open_images("digits", zca="relative")
    assert first.preprocessing == again.preprocessing
    assert open_images("digits", zca="relative", seed=1).preprocessing["zca"] != first.preprocessing["zca"]
    assert len(list((cache / "whitening").iterdir())) == 2


def test_a_missing_or_damaged_matrix_is_told_and_fitted_anew(cache: Path) -> None:
    task = open_images("digits", zca="relative")
    [file] = (cache / "whitening").iterdir()
    file.write_bytes(b"damaged")
    whitening_of.cache_clear()
    with pytest.raises(DataError, match=r"ZCA matrix .* open the data with zca again"):
        task.held_out()
    again = open_images("digits", zca="relative")
    assert torch.equal(again.held_out().inputs, task.held_out().inputs)


def test_data_on_disk_cannot_be_whitened(tmp_path: Path) -> None:
    class_folders(tmp_path / "pictures", {"dark": 4, "light": 4})
    with pytest.raises(RequestError, match="zca"):
        open_images(tmp_path / "pictures", zca="relative", memory_limit=0)
