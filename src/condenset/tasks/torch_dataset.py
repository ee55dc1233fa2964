"""Datasets of PyTorch with examples (input, label), read one example after another."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor
from torch.utils.data import Dataset, IterableDataset

from condenset.core.errors import DataError


def first_input(thing: object) -> Any:
    """The input of the first example; None for what is no dataset of pairs whose length is known."""
    if not isinstance(thing, Dataset) or isinstance(thing, IterableDataset) or not hasattr(thing, "__len__"):
        return None
    example = thing[0] if len(thing) else None
    return example[0] if isinstance(example, tuple | list) and len(example) == 2 else None


def examples_of(dataset: Any) -> tuple[list[Any], np.ndarray]:
    """All inputs, and their labels (n,) or (n, outputs). Raises `DataError` where an example is no such pair."""
    inputs, labels = [], []
    for index in range(len(dataset)):  # a dataset need not end an iteration
        example = dataset[index]
        if not isinstance(example, tuple | list) or len(example) != 2:
            raise DataError(f"example {index} of the dataset is {type(example).__name__}: expected (input, label)")
        inputs.append(example[0])
        labels.append(_label(example[1]))
    return inputs, np.array(labels)


def class_names(dataset: Any) -> tuple[str, ...] | None:
    """Names of the classes where the dataset says them, as those of torchvision do, and the dataset of a subset."""
    while dataset is not None:
        names = getattr(dataset, "classes", None)
        if isinstance(names, list | tuple) and all(isinstance(name, str) for name in names):
            return tuple(names)
        dataset = getattr(dataset, "dataset", None)
    return None


def _label(label: Any) -> Any:
    if isinstance(label, Tensor):
        label = label.detach().cpu().numpy()
    return label.item() if isinstance(label, np.ndarray | np.generic) and label.size == 1 else label
