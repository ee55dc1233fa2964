"""Datasets of Hugging Face's library `datasets`, read through what they offer; the library is not imported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from condenset.tasks.objects import is_of

if TYPE_CHECKING:
    import pandas as pd


def is_hub_dataset(thing: object) -> bool:
    """Whether an object is a `datasets.Dataset`; one that is streamed is not."""
    return is_of(thing, "datasets", "Dataset")


def picture_column(dataset: Any) -> str | None:
    """The first column of images; None where there is none."""
    return next((name for name, feature in dataset.features.items() if type(feature).__name__ == "Image"), None)


def class_names(dataset: Any, column: str) -> tuple[str, ...] | None:
    """Names of the classes of a column by index; None for one that is no `ClassLabel`."""
    feature = dataset.features[column]
    return tuple(map(str, feature.names)) if type(feature).__name__ == "ClassLabel" else None


def label_column(dataset: Any) -> str | None:
    """The only `ClassLabel`; None where there is none or more than one."""
    labels = [name for name in dataset.features if class_names(dataset, name) is not None]
    return labels[0] if len(labels) == 1 else None


def frame_of(dataset: Any) -> pd.DataFrame:
    """All rows and columns in memory: images encoded, as {"bytes", "path"}; classes by name, -1 as a gap."""
    frame: pd.DataFrame = dataset.with_format(None).to_pandas()
    for column in dataset.features:
        if names := class_names(dataset, column):
            frame[column] = frame[column].map(dict(enumerate(names)))
    return frame
