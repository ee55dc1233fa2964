"""Datasets of Hugging Face as the library itself makes them; left out where it is not installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from condenset.core.errors import RequestError
from condenset.tasks.catalogue import open_task

PIXELS = np.random.default_rng(0).integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)
LABELS = np.arange(30) % 3


@pytest.fixture
def datasets() -> Any:
    """The library."""
    return pytest.importorskip("datasets")


def test_pictures_are_read_in_the_order_of_the_dataset_whatever_its_format(datasets: Any) -> None:
    features = datasets.Features({"img": datasets.Image(), "kind": datasets.ClassLabel(names=["a", "b", "c"])})
    columns = {"img": [Image.fromarray(pixels) for pixels in PIXELS], "kind": LABELS.tolist()}
    whole = datasets.Dataset.from_dict(columns, features=features)
    order = np.random.default_rng(1).permutation(30)[:24]
    task, expected = open_task(whole.select(order).with_format("torch")), open_task((PIXELS[order], LABELS[order]))
    assert task.groups.names == ("a", "b", "c")
    assert torch.equal(task.train.all().inputs, expected.train.all().inputs)
    parts = whole.train_test_split(0.3, seed=0)
    assert [len(part) for part in (open_task(parts).train, open_task(parts).held_out())] == [21, 9]


def test_columns_are_a_table_and_what_is_streamed_is_refused(datasets: Any) -> None:
    columns = {"age": list(range(40)), "town": ["x", "y"] * 20, "left": [index % 2 for index in range(40)]}
    features = {"age": datasets.Value("int64"), "town": datasets.Value("string")}
    label = datasets.ClassLabel(names=["no", "yes"])
    whole = datasets.Dataset.from_dict(columns, features=datasets.Features(features | {"left": label}))
    task = open_task(whole)
    assert task.groups.names == ("no", "yes")
    assert [column["name"] for column in task.preprocessing["columns"]] == ["age", "town"]
    with pytest.raises(RequestError, match=r"cannot distil datasets\.IterableDataset"):
        open_task(whole.to_iterable_dataset())
