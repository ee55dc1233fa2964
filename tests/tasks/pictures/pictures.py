"""Small image files and folders made in code, for the tests of this room."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image


def noise(height: int, width: int, channels: int, seed: int = 0) -> np.ndarray:
    """Random uint8 pixels (height, width, channels)."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, channels), dtype=np.uint8)


def save(path: Path, pixels: np.ndarray) -> Path:
    """Writes pixels (height, width, channels), making folders as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels.squeeze()).save(path)
    return path


def png(pixels: np.ndarray) -> bytes:
    """The pixels as a PNG file in memory."""
    stream = io.BytesIO()
    Image.fromarray(pixels.squeeze()).save(stream, format="PNG")
    return stream.getvalue()


def class_folders(root: Path, counts: dict[str, int], side: int = 10, channels: int = 3) -> Path:
    """`root/<class>/<i>.png`, as many per class as asked for; class k is brighter than class k - 1."""
    for level, (name, count) in enumerate(counts.items()):
        (root / name).mkdir(parents=True, exist_ok=True)
        for i in range(count):
            save(root / name / f"{i}.png", noise(side, side, channels, seed=i) // 8 + 60 * level)
    return root
