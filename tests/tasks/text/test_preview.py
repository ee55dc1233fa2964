"""The picture of a set of texts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from condenset.core.batch import Batch
from condenset.core.texts import Texts
from condenset.tasks.text import text_from_object
from condenset.tasks.text.preview import draw_preview
from tests.tasks.text import example


def shades(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("L")).astype(int)


def test_more_texts_are_drawn_on_more_lines(tmp_path: Path) -> None:
    task = example.task()
    for count in (2, 8):
        draw_preview(task, task.train.select(torch.arange(count)), tmp_path / f"{count}.png")
    few, many = (shades(tmp_path / f"{count}.png") for count in (2, 8))
    assert many.shape[0] > few.shape[0] + 100
    assert 0.005 < (many < 100).mean() < 0.2


def test_vectors_are_shown_by_the_nearest_text_of_their_group_in_grey(tmp_path: Path) -> None:
    task = example.task()
    batch = task.train.select(torch.arange(3))
    alone = Batch(Texts.of_vectors(batch.inputs.vector, ()), batch.targets, batch.groups, batch.weight)
    draw_preview(task, alone, tmp_path / "a.png")
    draw_preview(task, batch, tmp_path / "b.png")
    grey, black = shades(tmp_path / "a.png"), shades(tmp_path / "b.png")
    assert (grey < 160).mean() > 0.005 and (grey < 100).sum() < 0.8 * (black < 100).sum()


def test_what_looks_like_mathematics_and_long_texts_are_drawn_as_they_are(tmp_path: Path) -> None:
    texts, labels = example.reviews(40)
    texts[0], texts[1] = "it cost $5 and $\\frac{ more than that one", "long " * 90
    task = text_from_object((texts, labels), test_fraction=0.0)
    draw_preview(task, task.train.select(torch.arange(2)), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000
