"""Images of Fashion-MNIST's size that need no download; speed does not depend on what they show."""

from __future__ import annotations

import io

import numpy as np
import numpy.typing as npt
from PIL import Image

from condenset.core.rng import Rng
from condenset.tasks.pictures.loading import images_from_arrays
from condenset.tasks.task import Task

Pixels = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.int64]


def grey_pixels(count: int, stream: np.random.Generator) -> tuple[Pixels, Labels]:
    """So many random 28 x 28 grey images, (count, 28, 28) uint8, of ten classes in turns, and these, (count,) int64."""
    return stream.integers(0, 256, (count, 28, 28), dtype=np.uint8), np.arange(count) % 10


def png(pixels: Pixels) -> bytes:
    """A picture (height, width, 3) as the bytes of its file."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


def grey_images(per_class: int = 600, test: int = 2000) -> Task:
    """Ten classes of random 28 x 28 grey images."""
    stream = Rng(0).child("images").numpy()
    train, held_out = (grey_pixels(count, stream) for count in (10 * per_class, test))
    return images_from_arrays(*train, held_out=held_out, name="random images")
