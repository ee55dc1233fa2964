"""A stand-in for `datasets.Dataset` with what is read of one: its features, columns of it, and its rows as stored."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd


class ClassLabel:
    """A feature of classes that are stored by index."""

    def __init__(self, names: list[str]) -> None:
        self.names = names


class Value:
    """A feature that is stored as it is."""


class Image:
    """A feature of pictures, stored as {"bytes", "path"}."""


class Dataset:
    """A frame with features."""

    def __init__(self, columns: dict[str, Any], features: dict[str, Any]) -> None:
        self.frame, self.features = pd.DataFrame(columns), features

    def with_format(self, kind: None) -> Dataset:
        return self

    def select_columns(self, names: list[str]) -> Dataset:
        return Dataset(self.frame[names].to_dict("list"), {name: self.features[name] for name in names})

    def to_pandas(self) -> pd.DataFrame:
        return self.frame.copy()


for kind in (Dataset, ClassLabel, Value, Image):
    kind.__module__ = "datasets.stand_in"


def png(pixels: np.ndarray) -> bytes:
    """Pixels (h, w) or (h, w, 3) uint8 as the bytes of a PNG file."""
    from PIL import Image as Pictures

    file = io.BytesIO()
    Pictures.fromarray(pixels).save(file, format="PNG")
    return file.getvalue()


def pictures(images: list[np.ndarray], labels: list[int], names: list[str]) -> Dataset:
    """Pictures (h, w) or (h, w, 3) uint8 with class indices, -1 for none."""
    stored = [{"bytes": png(image), "path": f"{index}.png"} for index, image in enumerate(images)]
    return Dataset({"picture": stored, "kind": labels}, {"picture": Image(), "kind": ClassLabel(names)})
