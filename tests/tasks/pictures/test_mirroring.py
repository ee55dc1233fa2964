"""Pictures are asked whether they bear to be mirrored: digits do not, what is the same either way does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from sklearn.datasets import load_digits

from condenset.tasks.catalogue import open_task
from condenset.tasks.pictures.mirroring import bears_mirroring


def test_digits_do_not() -> None:
    digits = load_digits()
    images = torch.tensor(digits.images, dtype=torch.float32)[:, None]
    assert not bears_mirroring(images, torch.tensor(digits.target))


def test_left_and_right_do_not() -> None:
    images = torch.rand(400, 1, 20, 20, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(400) % 2
    images[labels == 0, :, :, :10] += 0.3
    images[labels == 1, :, :, 10:] += 0.3
    assert not bears_mirroring(images, labels)
    assert bears_mirroring(images.flip(2), torch.arange(400) // 200), "nothing tells the classes apart"


def test_what_differs_from_top_to_bottom_does() -> None:
    images = torch.rand(400, 3, 20, 20, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(400) % 2
    images[labels == 0, :, :10] += 0.3
    images[labels == 1, :, 10:] += 0.3
    assert bears_mirroring(images, labels)


def test_a_folder_of_digits_is_opened_so(tmp_path: Path) -> None:
    digits = load_digits()
    for number, (image, label) in enumerate(zip(digits.images, digits.target, strict=True)):
        folder = tmp_path / "numbers" / f"digit {label}"
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray((image * 15).astype(np.uint8)).save(folder / f"{number}.png")
    task = open_task(str(tmp_path / "numbers"))
    assert "mirror" not in task.offers
    assert "not to be mirrored" in str(task.recognised)
    assert "mirror" in open_task(str(tmp_path / "numbers"), flip=True).offers


def test_one_picture_is_not_asked() -> None:
    assert bears_mirroring(torch.rand(1, 1, 4, 4), torch.zeros(1, dtype=torch.int64))
