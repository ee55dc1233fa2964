"""The picture of labelled series."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from condenset.core.rng import Rng
from condenset.tasks.labelled_series import labelled_series_from_object
from condenset.tasks.labelled_series.preview import draw_preview
from condenset.tasks.task import Task
from tests.tasks.labelled_series import example


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def drawn(picture: np.ndarray) -> tuple[float, float]:
    """The shares of pixels in the first colour of a set, and in the grey of real data."""
    warm = picture[..., 0] - picture[..., 2]
    grey = (abs(warm) < 20) & (picture.max(2) < 220) & (picture.min(2) > 150)
    return float((warm > 100).mean()), float(grey.mean())


@pytest.mark.parametrize("task", [example.task(), example.ragged()], ids=["equal", "ragged"])
def test_the_set_is_in_front_and_real_series_behind(task: Task, tmp_path: Path) -> None:
    draw_preview(task, task.train.select(torch.arange(4)), tmp_path / "a.png")
    front, behind = drawn(pixels(tmp_path / "a.png"))
    assert front > 0.002 and behind > 0.01


def test_many_classes_and_channels_are_drawn_as_far_as_there_is_room(tmp_path: Path) -> None:
    for channels, classes in ((1, 10), (8, 2)):
        values = np.random.default_rng(0).normal(size=(40, channels, 12))
        task = labelled_series_from_object((values, np.arange(40) % classes), test_fraction=0.25)
        draw_preview(task, task.train.draw(20, Rng(0)), tmp_path / f"{channels}.png")
        assert drawn(pixels(tmp_path / f"{channels}.png"))[0] > 0.001
