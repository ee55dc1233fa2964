"""Images from objects: the same pixels whatever holds them, channels where they belong, and faults named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from torch.utils.data import Dataset, Subset, TensorDataset

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks.catalogue import open_task
from condenset.tasks.image import images_from_arrays
from condenset.tasks.task import Task
from tests.tasks import hub_dataset

COLOURS = np.random.default_rng(0).integers(0, 256, (12, 6, 5, 3), dtype=np.uint8)
LABELS = np.arange(12) % 3
NAMES = ["ant", "bee", "cat"]


class Pictures(Dataset):
    """Pictures of PIL with labels, and names of classes as torchvision's datasets have them."""

    classes = NAMES

    def __init__(self, pictures: list[Any], labels: list[Any]) -> None:
        self.pictures, self.labels = pictures, labels

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[Any, Any]:
        return self.pictures[index], self.labels[index]


def pictures() -> Pictures:
    return Pictures([Image.fromarray(pixels) for pixels in COLOURS], LABELS.tolist())


def same(one: Task, other: Task) -> None:
    """Inputs and targets of training and test data are equal."""
    for mine, theirs in ((one.train.all(), other.train.all()), (one.held_out(), other.held_out())):
        torch.testing.assert_close(mine.inputs, theirs.inputs)
        torch.testing.assert_close(mine.targets, theirs.targets)


PLANES = torch.from_numpy(COLOURS).permute(0, 3, 1, 2)


@pytest.mark.parametrize(
    "thing",
    [
        (COLOURS, LABELS),
        (COLOURS.transpose(0, 3, 1, 2), LABELS.tolist()),
        (PLANES, torch.from_numpy(LABELS)),
        TensorDataset(PLANES, torch.from_numpy(LABELS)),
        pictures(),
        Pictures(list(COLOURS), [torch.tensor(label) for label in LABELS]),
        Pictures(list(PLANES), [np.int64(label) for label in LABELS]),
        hub_dataset.pictures(list(COLOURS), LABELS.tolist(), NAMES),
    ],
)
def test_the_same_pixels_whatever_holds_them(thing: Any) -> None:
    task, expected = open_task(thing), images_from_arrays(COLOURS, LABELS)
    same(task, expected)
    assert task.fingerprint["sha256"] == expected.fingerprint["sha256"]
    assert task.source == {} and task.input_spec.shape == (3, 6, 5)
    assert (len(task.train), len(task.held_out())) == (9, 3), "a fifth of every class, at least one, is held out"


def test_channels_come_first_in_tensors_even_where_the_last_axis_could_be_channels() -> None:
    narrow = torch.rand(12, 3, 8, 4, generator=torch.Generator().manual_seed(0))
    for thing in ((narrow, LABELS), TensorDataset(narrow, torch.from_numpy(LABELS))):
        assert open_task(thing).input_spec.shape == (3, 8, 4)
    few = torch.rand(3, 8, 4, generator=torch.Generator().manual_seed(0))  # three grey images
    with pytest.raises(DataError, match="no class has two images"):
        open_task((few, LABELS[:3]))
    assert open_task((few.repeat(2, 1, 1), LABELS[:6])).input_spec.shape == (1, 8, 4)


def test_classes_are_named_by_the_object_or_by_its_user() -> None:
    assert open_task(pictures()).groups.names == tuple(NAMES)
    assert open_task(Subset(pictures(), range(12))).groups.names == tuple(NAMES)
    assert open_task(hub_dataset.pictures(list(COLOURS), LABELS.tolist(), NAMES)).groups.names == tuple(NAMES)
    assert open_task((COLOURS, LABELS)).groups.names == ("0", "1", "2")
    assert open_task((COLOURS, [NAMES[label] for label in LABELS])).groups.names == tuple(NAMES)
    assert open_task((COLOURS, LABELS), classes=["x", "y", "z"], name="mine").groups.names == ("x", "y", "z")


def test_pictures_of_unequal_size_are_brought_to_one() -> None:
    grown = [Image.fromarray(pixels).resize((40 + 2 * index, 40)) for index, pixels in enumerate(COLOURS)]
    task = open_task(Pictures(grown, LABELS.tolist()))
    assert task.input_spec.shape == (3, 32, 32)
    assert open_task(Pictures(grown, LABELS.tolist()), size=16).input_spec.shape == (3, 16, 16)
    both = open_task((Pictures(grown, LABELS.tolist()), pictures()))
    assert both.held_out().inputs.shape == (12, 3, 32, 32), "test pictures take the format of the training pictures"
    stored = hub_dataset.pictures([np.asarray(picture) for picture in grown], LABELS.tolist(), NAMES)
    same(open_task(stored), task)


def test_a_pair_is_for_training_and_testing() -> None:
    held_out = (255 - COLOURS[:6], LABELS[:6])
    task = open_task(((COLOURS, LABELS), held_out))
    same(task, images_from_arrays(COLOURS, LABELS, held_out=held_out))
    stored = [hub_dataset.pictures(list(x), y.tolist(), NAMES) for x, y in ((COLOURS, LABELS), held_out)]
    same(open_task({"train": stored[0], "test": stored[1]}), task)
    same(
        open_task(
            (
                TensorDataset(PLANES, torch.from_numpy(LABELS)),
                TensorDataset(255 - PLANES[:6], torch.from_numpy(LABELS[:6])),
            )
        ),
        task,
    )


def broken() -> hub_dataset.Dataset:
    dataset = hub_dataset.pictures(list(COLOURS), LABELS.tolist(), NAMES)
    dataset.frame.at[11, "picture"] = {"bytes": b"no picture", "path": None}
    return dataset


def test_broken_pictures_of_the_hub_are_named_or_left_out() -> None:
    with pytest.raises(DataError, match="images, row 11 cannot be read as an image"):
        open_task(broken())
    with pytest.warns(UserWarning, match="skipped 1 unreadable"):
        task = open_task(broken(), skip_unreadable=True)
    assert task.preprocessing["skipped"] == 1 and len(task.train) + len(task.held_out()) == 11


@pytest.mark.parametrize(
    ("thing", "options", "kind", "message"),
    [
        (hub_dataset.pictures(list(COLOURS), LABELS.tolist(), NAMES), {"target": "knd"}, UnknownNameError,
         "target column 'knd': did you mean 'kind'"),
        ((COLOURS, LABELS), {"target": "kind"}, RequestError, "'kind' names a column"),
        ((COLOURS, LABELS[:5]), {}, DataError, "5 labels for 12 images"),
        ((COLOURS, np.eye(3)[LABELS]), {}, DataError, "take argmax of one-hot"),
        ((COLOURS, np.zeros(12, int)), {}, DataError, "holds a single class"),
        (Pictures(list(COLOURS[:6]) + list(COLOURS[6:, :4]), LABELS.tolist()), {}, DataError, "resize them to one"),
        (hub_dataset.pictures(list(COLOURS), [-1, *LABELS[1:].tolist()], NAMES), {}, DataError, "negative label -1"),
        ((hub_dataset.pictures(list(COLOURS), list(LABELS), NAMES), pictures()), {}, RequestError, "give both alike"),
        ((COLOURS, LABELS), {"size": 2}, RequestError, "image size 2 is impossible"),
    ],
)  # fmt: skip
def test_unusable_objects(thing: Any, options: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message):
        open_task(thing, **options)


def test_one_image_per_class_cannot_be_trained_and_tested_on() -> None:
    with pytest.raises(DataError, match="no class has two images, so none can be held out for testing: add images"):
        open_task((COLOURS[:3], LABELS[:3]))
