"""The linear probe: by NumPy's least squares, and at chance where vectors say nothing."""

from __future__ import annotations

import numpy as np
import torch

from condenset.kernels.linear_probe import probed
from tests.examples import normal


def test_every_fifth_is_told_by_what_least_squares_learns_of_the_others() -> None:
    labels = torch.arange(100) % 3
    vectors = normal(100, 4) + 0.7 * torch.nn.functional.one_hot(labels, 4)
    order = torch.randperm(100, generator=torch.Generator().manual_seed(0))
    scaled = (vectors - vectors.mean(0)) / vectors.std(0, correction=0)
    numbers, right = np.c_[scaled.numpy(), np.ones(100)], np.zeros(100)
    for part in order.numpy().reshape(5, 20):
        others = np.setdiff1d(np.arange(100), part)
        fitted = np.linalg.lstsq(numbers[others], np.eye(3)[labels[others]], rcond=None)[0]
        right[part] = (numbers[part] @ fitted).argmax(1) == labels[part].numpy()
    assert np.mean(right != probed(vectors, labels, order).numpy()) <= 0.02
    assert 0.4 < right.mean() < 0.95


def test_vectors_that_say_nothing_are_at_chance() -> None:
    labels, order = torch.arange(600) % 4, torch.arange(600).flip(0)
    assert probed(normal(600, 8), labels, order).mean() < 0.35
    assert probed(torch.ones(600, 8), labels, order).mean() < 0.35
    assert probed(torch.nn.functional.one_hot(labels).float(), labels, order).mean() == 1
