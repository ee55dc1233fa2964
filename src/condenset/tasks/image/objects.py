"""Images in objects of a running program: arrays, datasets of PyTorch, datasets of Hugging Face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Shaped
from torch import Tensor

from condenset.core.errors import DataError, RequestError, UnknownNameError
from condenset.tasks import hub, torch_dataset
from condenset.tasks.objects import as_array, axes, in_words, is_of, is_pair, train_and_test
from condenset.tasks.pictures.arrays import from_arrays
from condenset.tasks.pictures.by_encoder import by_encoder
from condenset.tasks.pictures.decoding import (
    Encoded,
    Format,
    check_size,
    common_format,
    decode,
    format_of,
    header_of,
    pixels_of,
)
from condenset.tasks.pictures.examples import ImageData
from condenset.tasks.pictures.loading import image_task
from condenset.tasks.pictures.whitening import Form
from condenset.tasks.task import Task

_LABELS = ("label", "labels", "fine_label", "target", "class")
_CHANNELS = (1, 2, 3, 4)
Read = tuple[np.ndarray, np.ndarray]  # images (n, height, width[, channels]) and labels (n,)


def takes_images(thing: Any) -> bool:
    """Whether an object is images with labels, or a pair of such to train and to test on."""
    return train_and_test(thing, _is_images) is not None


def images_from_object(
    thing: Any,
    *,
    target: str | None = None,
    classes: Sequence[str] | None = None,
    name: str = "images",
    seed: int = 0,
    test_fraction: float = 0.2,
    size: int | None = None,
    skip_unreadable: bool = False,
    zca: Form | None = None,
    encoder: str | None = None,
    encoder_weights: str | Path | None = None,
    encoder_size: int | None = None,
) -> Task:
    """The task in an object; its source is empty, since only the object can open it again.

    Args:
        thing: a pair (images, labels) of arrays or tensors, images (n, h, w), (n, h, w, c) or (n, c, h, w) and labels
            (n,); a torch Dataset of (image, label), images as arrays, tensors (c, h, w) or pictures of PIL; a Hugging
            Face Dataset with a column of images; or a pair (train, test) of one of these.
        target: column of labels of a Hugging Face Dataset; None: its only `ClassLabel`, else "label" and the like.
        classes: names by index; None: those that the object says, else the label values.
        name: of the task.
        seed, test_fraction, size, skip_unreadable, zca, encoder, encoder_weights, encoder_size: as of
            `AskedPictures`.

    Raises `DataError` for images and labels that cannot be used, `UnknownNameError` for a column and `RequestError`
    for an option that the object does not have.
    """
    check_size(size)
    by = by_encoder(encoder, encoder_weights, encoder_size, zca)
    parts = train_and_test(thing, _is_images)
    assert parts is not None
    train, test = parts
    if test is not None and hub.is_hub_dataset(train) != hub.is_hub_dataset(test):
        raise RequestError(f"{in_words(train)} and {in_words(test)} are read in two ways: give both alike")
    if hub.is_hub_dataset(train):
        data = _hub_images(train, test, target, classes, name, size, skip_unreadable)
    elif target is not None:
        raise RequestError(f"target {target!r} names a column, and {name} are no Hugging Face Dataset: leave it out")
    else:
        names = classes or (None if is_pair(train) else torch_dataset.class_names(train))
        images, form = _arrays(train, size)
        data = from_arrays(name, images, None if test is None else _arrays(test, size, form)[0], names)
    return image_task(data.split(test_fraction, seed), size, {}, zca, by=by)


def _is_images(thing: Any) -> bool:
    if is_pair(thing):
        return axes(thing[0]) in (3, 4) and axes(thing[1]) in (1, 2)
    if hub.is_hub_dataset(thing):
        return hub.picture_column(thing) is not None
    first = torch_dataset.first_input(thing)
    return _is_picture(first) or axes(first) in (2, 3)


def _is_picture(thing: object) -> bool:
    return is_of(thing, "PIL", "Image")


def _arrays(thing: Any, size: int | None, form: Format | None = None) -> tuple[Read, Format | None]:
    """Images and labels of a pair or a torch Dataset, and the format that pictures of PIL were brought to."""
    if is_pair(thing):
        return (_channels_last(thing[0], 4), as_array(thing[1])), None
    inputs, labels = torch_dataset.examples_of(thing)
    if all(map(_is_picture, inputs)):
        form = form or format_of((header_of(picture) for picture in inputs), size)
        return (np.stack([pixels_of(picture, form) for picture in inputs]), labels), form
    images = [_channels_last(image, 3) for image in inputs]
    shapes = {image.shape for image in images}
    if len(shapes) > 1:
        raise DataError(
            f"the images of the dataset have shapes {sorted(shapes)[:3]}: resize them to one in its transform, or "
            "leave them as pictures of PIL"
        )
    return (np.stack(images), labels), None


def _channels_last(values: Any, dimensions: int) -> Shaped[np.ndarray, "..."]:
    """Values of so many axes, 4 or of a single image 3; a tensor's channels, which stand before height, moved last."""
    array = as_array(values)
    first = isinstance(values, Tensor) and array.ndim == dimensions and array.shape[-3] in _CHANNELS
    return np.moveaxis(array, -3, -1) if first else array


def _hub_images(
    train: Any,
    test: Any,
    target: str | None,
    classes: Sequence[str] | None,
    name: str,
    size: int | None,
    skip_unreadable: bool,
) -> ImageData:
    label = _label_column(train, target)
    items, labels = _encoded(train, label, name)
    form = common_format(items, size, skip_unreadable)

    def read(items: list[Encoded], labels: np.ndarray) -> Read:
        pixels, kept = decode(items, form, skip_unreadable)
        return pixels, labels[kept]

    images = read(items, labels)
    held_out = None if test is None else read(*_encoded(test, _label_column(test, label), f"{name}: test"))
    data = from_arrays(name, images, held_out, classes or hub.class_names(train, label))
    return replace(data, skipped=len(items) - len(images[0]))


def _label_column(dataset: Any, target: str | None) -> str:
    columns = list(dataset.features)
    if target is not None and target not in columns:
        raise UnknownNameError("target column", target, columns)
    usual = (name for name in _LABELS if name in columns)
    label = target or hub.label_column(dataset) or next(usual, None)
    if label is None:
        raise DataError(f"columns {columns} have no label: name its column with target=")
    return label


def _encoded(dataset: Any, label: str, where: str) -> tuple[list[Encoded], np.ndarray]:
    """Pictures as they are stored, and labels (n,), integers or text."""
    column = hub.picture_column(dataset)
    frame = dataset.with_format(None).select_columns([column, label]).to_pandas()
    items = [
        Encoded(f"{where}, row {row}", (value["bytes"] or Path(value["path"])) if value else b"")
        for row, value in enumerate(frame[column])
    ]
    labels = frame[label].to_numpy()
    return items, labels.astype(str) if labels.dtype.kind == "O" else labels
