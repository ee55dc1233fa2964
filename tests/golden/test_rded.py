"""RDED's released choice of crops, padding and mosaics."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.kernels.patches import easiest, mosaic, padded
from tests.conftest import close, golden


def test_the_easiest_crop_of_every_image_and_the_easiest_images() -> None:
    arrays = golden("images/rded")
    crops, images, classes = arrays["logits"].shape
    labels, flat = arrays["label"].repeat(crops), arrays["logits"].view(-1, classes)
    losses = F.cross_entropy(flat, labels, reduction="none").view(crops, images)
    close(losses, arrays["score"], 1e-8)
    every, _ = easiest(losses.mT, images)
    assert torch.equal(easiest(losses.mT, images)[1][every.argsort()], arrays["best_crop_per_image"])
    count = int(arrays["n_keep"])
    chosen, crop = easiest(losses.mT, count)
    assert torch.equal(chosen, arrays["image_order"])
    assert torch.equal(arrays["crops"][chosen, crop], arrays["selected"])
    close(padded(arrays["crops"][0], 12, 12), arrays["padded_first"], 1e-12)


def test_mosaics_of_even_and_odd_size() -> None:
    arrays = golden("images/rded")
    for name, side in (("factor2", 12), ("odd13", 13)):
        close(mosaic(arrays["mix.in"], 2, side, side), arrays[f"mix.{name}.out"], 1e-6)
