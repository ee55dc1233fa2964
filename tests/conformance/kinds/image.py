"""Digits as pictures."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from condenset.tasks.image import images_from_arrays
from condenset.tasks.task import Task

NETWORK = "convnet:width=8,depth=1"
LEARNERS = ("convnet:width=4,depth=1,norm=none", "mlp:width=8", "logistic", "kernel", "kernel:conv-ntk", "features")
EVERY_METHOD = True


def make(held_out: float = 0.0) -> Task:
    """120 digits 0, 1 and 2 of 8x8 pixels; test pixels are all `held_out`."""
    digits = load_digits()
    some = np.flatnonzero(digits.target < 3)[:120]
    test = np.full((3, 8, 8), held_out, dtype=np.float64)
    return images_from_arrays(digits.images[some] / 16, digits.target[some], held_out=(test, np.arange(3)))
