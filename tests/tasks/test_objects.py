"""Objects as data: which kind takes which, and what is said of an object that none takes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
import torch
from torch.utils.data import IterableDataset, TensorDataset

from condenset.core.errors import RequestError
from condenset.tasks.catalogue import object_modality, open_task
from condenset.tasks.objects import axes, in_words, is_of, train_and_test
from condenset.tasks.task import modalities
from tests.tasks import hub_dataset

FRAME = pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})
IMAGES, ROWS, LABELS = np.zeros((4, 3, 8, 8)), np.zeros((4, 2)), np.array([0, 1, 0, 1])


class Numbers(IterableDataset):
    """Numbers without end."""

    def __iter__(self) -> Iterator[int]:
        return count()


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        (FRAME, "tabular"),
        ((FRAME, FRAME), "tabular"),
        ({"train": FRAME, "test": FRAME}, "tabular"),
        ((ROWS, LABELS), "tabular"),
        ((ROWS.tolist(), LABELS.tolist()), "tabular"),
        ((FRAME[["a"]], FRAME["b"]), "tabular"),
        ((FRAME[["a"]], FRAME[["b"]]), "tabular"),
        ((torch.zeros(4, 2), torch.zeros(4)), "tabular"),
        (TensorDataset(torch.zeros(4, 2), torch.zeros(4)), "tabular"),
        (hub_dataset.Dataset({"a": [1]}, {"a": hub_dataset.Value()}), "tabular"),
        ((IMAGES, LABELS), "image"),
        ((IMAGES[:, 0], LABELS.tolist()), "image"),
        (((IMAGES, LABELS), (IMAGES, LABELS)), "image"),
        (TensorDataset(torch.zeros(4, 1, 8, 8), torch.zeros(4)), "image"),
        (hub_dataset.pictures([np.zeros((8, 8), np.uint8)], [0], ["a", "b"]), "image"),
    ],
    ids=lambda value: value if isinstance(value, str) else in_words(value),
)
def test_each_kind_knows_its_objects(thing: Any, kind: str) -> None:
    assert object_modality(thing).name == kind
    taking = [modality.name for modality in modalities() if modality.objects and modality.objects.unasked]
    assert [name for name in taking if _takes(name, thing)] == [kind], "no object is of two kinds unasked"


def _takes(name: str, thing: Any) -> bool:
    objects = next(modality.objects for modality in modalities() if modality.name == name)
    return objects is not None and objects.takes(thing)


@pytest.mark.parametrize(
    ("thing", "words"),
    [
        ({1, 2}, "set"),
        (None, "NoneType"),
        (12, "int"),
        (b"nothing of the kind", "bytes"),
        (IMAGES, r"numpy\.ndarray \(4, 3, 8, 8\)"),
        ((sp.eye(4), LABELS), r"a tuple of \(scipy\.dia_matrix \(4, 4\), numpy\.ndarray \(4,\)\)"),
        ((ROWS, LABELS, LABELS), r"a tuple of \(numpy\.ndarray \(4, 2\), numpy\.ndarray \(4,\), "),
        (([[1, 2], [3]], [0, 1]), r"a tuple of \(list, list\)"),
        (TensorDataset(torch.zeros(4, 2)), r"torch\.TensorDataset"),
        (TensorDataset(torch.zeros(0, 2), torch.zeros(0)), r"torch\.TensorDataset"),
        (Numbers(), r"tests\.Numbers"),
        ((FRAME, IMAGES), r"a tuple of \(pandas\.DataFrame \(2, 2\), "),
        ({"test": FRAME}, "dict"),
    ],
)
def test_an_unknown_object_hears_what_is_accepted(thing: Any, words: str) -> None:
    accepted = r"\(images, labels\).*a torch Dataset.*a Hugging Face Dataset.*a pandas DataFrame.*\(X, y\)"
    with pytest.raises(RequestError, match=f"cannot distil {words}.*: give a known name, a path, or one of: .*"):
        open_task(thing)
    with pytest.raises(RequestError, match=accepted):
        open_task(thing)
    with pytest.raises(RequestError, match="a PyG Data"):
        open_task(thing)


def test_a_kind_that_is_said_takes_its_own_objects_only() -> None:
    with pytest.raises(RequestError, match=r"pandas\.DataFrame \(2, 2\) is no graph data: expected a PyG Data"):
        open_task(FRAME, task="graph")
    with pytest.raises(RequestError, match=r"pandas\.DataFrame \(2, 2\) is no control data: expected a name or a path"):
        open_task(FRAME, task="control")


def test_an_option_that_the_object_does_not_have_is_refused() -> None:
    with pytest.raises(RequestError, match=r"tabular data have no option size: their options are .*target"):
        open_task(FRAME, size=8)
    with pytest.raises(RequestError, match=r"tabular data have no option test_path"):  # objects come in pairs
        open_task(FRAME, test_path="test.csv")


def test_frames_and_arrays_are_other_kinds_of_data_where_that_is_said() -> None:
    steps = np.arange(200.0)
    values = np.stack([np.sin(steps / 5), np.cos(steps / 7)], axis=1)
    times = pd.date_range("2024-01-01", periods=200, freq="h")
    frame = pd.DataFrame({"when": times, "load": values[:, 0], "heat": values[:, 1]})
    options = {"task": "series", "lookback": 12, "horizon": 6}
    named, plain = open_task(frame, **options), open_task(torch.from_numpy(values), **options)
    assert (named.target.channels, plain.target.channels) == (("load", "heat"), ("x0", "x1"))
    assert torch.equal(named.held_out().inputs, plain.held_out().inputs)
    assert open_task(frame, **options, drop=["heat"]).target.channels == ("load",)
    with pytest.raises(RequestError, match="has no columns: leave time_column and drop out"):
        open_task(values, **options, drop=["heat"])
    pairs = [(user, item) for user in range(12) for item in range(12) if (user + item) % 2]
    shop = open_task(pd.DataFrame(pairs, columns=["user_id", "item_id"]), task="interactions")
    assert (shop.modality.name, shop.target.outputs, shop.source) == ("interactions", 12, {})


def test_a_class_is_told_by_its_library_and_the_library_is_not_imported() -> None:
    known = set(sys.modules)
    assert is_of(FRAME, "pandas", "DataFrame") and not is_of(FRAME, "datasets", "Dataset")
    assert is_of(hub_dataset.Dataset({}, {}), "datasets", "Dataset")
    derived = type("Mine", (pd.DataFrame,), {})
    assert is_of(derived(), "pandas", "DataFrame")
    assert set(sys.modules) == known


def test_a_pair_or_a_dictionary_is_for_training_and_testing() -> None:
    def one(thing: Any) -> bool:
        return isinstance(thing, str)

    assert train_and_test("a", one) == ("a", None)
    assert train_and_test(("a", "b"), one) == ("a", "b")
    assert train_and_test({"train": "a", "validation": "c", "test": "b"}, one) == ("a", "b")
    assert train_and_test({"train": "a", "validation": "c"}, one) == ("a", "c")
    assert train_and_test({"train": "a"}, one) == ("a", None)
    assert train_and_test(("a", 1), one) is None
    assert train_and_test({"test": "a"}, one) is None
    assert train_and_test(3, one) is None


def test_axes_of_what_is_no_array_are_not_counted() -> None:
    counted = [np.zeros((2, 3)), torch.zeros(2), FRAME, FRAME["a"], [[1, 2]], [], "text", {}, sp.eye(3), [[1], [1, 2]]]
    assert [axes(values) for values in counted] == [2, 1, 2, 1, 2, 1, -1, -1, -1, -1]
