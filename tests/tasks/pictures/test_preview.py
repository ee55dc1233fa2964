from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from condenset.core.rng import Rng
from condenset.tasks.image import images_from_arrays, open_images
from condenset.tasks.pictures.preview import preview
from condenset.tasks.task import Task


def drawn(task: Task, path: Path, per_class: int) -> np.ndarray:
    preview(task, task.train.sample(per_class, Rng(0)), path / "p.png")
    return on("white", path / "p.png")


def on(ground: str, path: Path) -> np.ndarray:
    """The picture on a page of that colour (height, width, 3)."""
    with Image.open(path) as picture:
        page = Image.new("RGBA", picture.size, ground)
        return np.asarray(Image.alpha_composite(page, picture).convert("RGB"))


def test_names_are_read_on_light_and_on_dark_pages_and_images_are_the_same(tmp_path: Path) -> None:
    light = drawn(open_images("digits"), tmp_path, 1).astype(int)
    dark = on("black", tmp_path / "p.png").astype(int)
    assert (light[:10] == 255).all() and (dark[:10] == 0).all(), "there is no ground"
    names = np.s_[14:-14, 14:26]
    assert light[names].min() < 125 and dark[names].max() > 110
    assert (light[14:78, -14 - 64 : -14] == dark[14:78, -14 - 64 : -14]).all()


@pytest.mark.parametrize(("per_class", "columns"), [(3, 3), (25, 10)])
def test_one_row_per_class_and_at_most_ten_columns(tmp_path: Path, per_class: int, columns: int) -> None:
    canvas = drawn(open_images("digits"), tmp_path, per_class)
    assert canvas.shape[0] == 2 * 14 + 10 * 68 - 4
    dark = (canvas.max(axis=2) < 30).any(axis=0)
    starts = np.flatnonzero(np.diff(dark.astype(int)) == 1)
    assert canvas.shape[1] - starts[0] >= columns * 68
    assert canvas.shape[1] < (columns + 1) * 68 + 60


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_colours_are_exact_and_enlarged_without_smoothing(tmp_path: Path, channels: int) -> None:
    images = np.zeros((4, 8, 8, channels), np.uint8)
    images[::2, :4] = 200
    images[1::2, :4] = 100
    canvas = drawn(images_from_arrays(images, np.arange(4) % 2, held_out=(images, np.arange(4) % 2)), tmp_path, 2)
    right = canvas[14 : 14 + 64, -14 - 64 : -14]
    assert (right[:32] == 200).all()
    assert (right[32:] == 0).all()
    below = canvas[14 + 68 : 14 + 68 + 64, -14 - 64 : -14]
    assert (below[:32] == 100).all()


def test_many_classes_are_cut_off_and_counted(tmp_path: Path) -> None:
    images = np.zeros((100, 4, 4, 1), np.uint8)
    labels = np.arange(100) % 50
    task = images_from_arrays(images, labels, held_out=(images, labels))
    assert drawn(task, tmp_path, 1).shape[0] == 2 * 14 + 40 * 68 - 4 + 16 + 8


def test_a_set_that_leaves_the_range_of_the_data_is_shown_from_its_own_black_to_its_own_white(tmp_path: Path) -> None:
    images = np.zeros((4, 8, 8, 1), np.uint8)
    images[:, :4] = 255
    task = images_from_arrays(images, np.arange(4) % 2, held_out=(images, np.arange(4) % 2))
    batch = task.train.sample(1, Rng(0))
    plain = drawn(task, tmp_path, 1)
    assert isinstance(batch.inputs, torch.Tensor)
    upper, lower = batch.inputs[:, :, :4].mean(), batch.inputs[:, :, 4:].mean()
    batch.inputs[:, :, :, 4:] += upper - lower  # the right half reaches from 1 to 2
    preview(task, batch, tmp_path / "p.png")
    canvas = on("white", tmp_path / "p.png")[:, :, 0]
    assert canvas.shape[0] == plain.shape[0] + 2 * (16 + 8), "two lines say what is black and white"
    assert (canvas[:, -14:] == 255).all(), "and are not cut off"
    right = plain.shape[1] - 14
    corner = canvas[14 : 14 + 64, right - 64 : right]
    assert [corner[y, x] for y, x in ((5, 5), (60, 5), (5, 60), (60, 60))] == [128, 0, 255, 128]
