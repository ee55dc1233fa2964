"""Digits as pictures that a frozen encoder reads."""

from __future__ import annotations

import numpy as np
from sklearn.datasets import load_digits

from condenset.core.rng import Rng
from condenset.tasks.image import images_from_arrays
from condenset.tasks.task import Task
from tests.tasks.pictures.encoders import tiny

NETWORK = "convnet:width=8,depth=1"
RELATED = True


def make(held_out: float = 0.0) -> Task:
    """60 digits 0, 1 and 2 of 8x8 pixels, read at 32; test pixels are all `held_out`."""
    digits = load_digits()
    some = np.flatnonzero(digits.target < 3)[:60]
    test = np.full((3, 8, 8), held_out, dtype=np.float64), np.arange(3)
    task = tiny().reading(images_from_arrays(digits.images[some] / 16, digits.target[some], held_out=test))
    task.network(None, Rng(0))(task.train.all().inputs)  # read where it is kept, before tests change the cache folder
    return task
