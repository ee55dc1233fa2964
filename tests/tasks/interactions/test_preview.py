"""The picture of synthetic users."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from condenset.tasks.interactions.preview import picture_users, preview
from tests.tasks.interactions import example


def test_cells_are_the_strongest_items_of_both_sides() -> None:
    task = example.task()
    batch = task.train.select(torch.arange(2))
    rows = torch.zeros(2, example.ITEMS)
    rows[0, 3], rows[0, 5], rows[1, 1] = 2.0, 1.0, -1.0
    cells, shades = picture_users(task, replace(batch, inputs=rows, targets=rows.flip(0)))
    assert cells[0] == ["i03  2", "i05  1", "–", "–", "–"] + ["–"] * 5
    assert cells[1] == ["–"] * 5 + ["i03  2", "i05  1", "–", "–", "–"]
    assert shades[0][:3] == [1.0, 0.5, 0.0]


def test_twelve_users_are_drawn(tmp_path: Path) -> None:
    task = example.task()
    assert len(picture_users(task, task.train.all())[0]) == 12
    preview(task, task.train.all(), tmp_path / "users.png")
    with Image.open(tmp_path / "users.png") as image:
        shades = np.asarray(image.convert("L"))
    assert (shades < 100).mean() > 0.005  # text was drawn
    assert (shades[:, -4:] > 200).all()  # and none runs over the right edge


def test_a_set_without_any_weight_can_be_drawn(tmp_path: Path) -> None:
    task = example.task()
    batch = task.train.select(torch.arange(1))
    nothing = torch.zeros(1, example.ITEMS)
    preview(task, replace(batch, inputs=nothing, targets=nothing), tmp_path / "users.png")
    assert (tmp_path / "users.png").stat().st_size > 1000
