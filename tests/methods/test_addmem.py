"""RTP: many images at the bytes of one."""

from __future__ import annotations

import pytest
import torch

from condenset.core.fields import split_name
from condenset.core.registries import METHODS
from condenset.recipe import recipe_for
from tests.examples import digits, task_of


@pytest.mark.parametrize(("per_class", "images"), [(1, 115), (10, 184)])
def test_bases_and_coefficients_fill_the_bytes_of_raw_images(per_class: int, images: int) -> None:
    """The paper's arithmetic for 32x32 colour images of ten classes: 115 images of a class at the bytes of one."""
    labels = torch.arange(10).repeat(2000)
    task = task_of(torch.zeros(len(labels), 3, 32, 32), labels, 10)
    counts = torch.full((10,), per_class)
    _, options = split_name(recipe_for("addmem", task, counts, {}).codec)
    assert options == {"count": 16, "shrink": 2, "images": images}
    numbers = 16 * 3 * 16 * 16 + 16 * images * int(counts.sum())
    whole = 3 * 32 * 32 * int(counts.sum())
    assert whole - 16 * int(counts.sum()) < numbers <= whole


def test_it_asks_for_no_more_images_than_there_are() -> None:
    task = digits()
    fewest = int(task.train.counts().min())
    _, options = split_name(METHODS.get("addmem").recipe(task, torch.full((10,), fewest // 2)).codec)
    assert options["images"] <= 2
