"""The picture of a set of windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from condenset.core.rng import Rng
from condenset.tasks.series import series_from_arrays
from condenset.tasks.series.preview import draw_preview
from tests.tasks.series.example import series


def shades(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def drawn(picture: np.ndarray, red: bool) -> float:
    """The share of pixels in the colour of the set, or in the grey of real data."""
    warm = picture[..., 0] - picture[..., 2]
    found = warm > 100 if red else (abs(warm) < 20) & (picture.max(2) < 220) & (picture.min(2) > 150)
    return float(found.mean())


def test_the_set_is_in_front_and_real_data_behind(tmp_path: Path) -> None:
    task = series()
    draw_preview(task, task.train.select(torch.arange(40)), tmp_path / "a.png")
    picture = shades(tmp_path / "a.png")
    assert drawn(picture, red=True) > 0.002 and drawn(picture, red=False) > 0.002


def test_windows_apart_and_many_channels_are_drawn_too(tmp_path: Path) -> None:
    values = np.random.default_rng(0).normal(size=(60, 12))
    task = series_from_arrays(values, lookback=8, horizon=4, parts=(40, 10, 10))
    draw_preview(task, task.train.draw(5, Rng(0)), tmp_path / "b.png")
    assert drawn(shades(tmp_path / "b.png"), red=True) > 0.002
