"""Medoids of the handwritten digits, five per class, are real ones."""

from __future__ import annotations

import condenset
from condenset.core.budget import Size
from tests.examples import digits


def test_they_are_real() -> None:
    real = {tuple(image.flatten().tolist()) for image in digits().train.all().inputs}
    found = condenset.distill(digits(), "medoids", size=Size(per_class=5)).decode().inputs
    assert {tuple(image.flatten().tolist()) for image in found} <= real
