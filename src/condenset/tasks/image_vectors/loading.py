"""Opens images as the vectors that a frozen encoder makes of them, each read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

import torch

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.registries import MODALITIES
from condenset.core.spec import Leaf
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.pictures.asked import AskedPictures
from condenset.tasks.pictures.by_encoder import ByEncoder
from condenset.tasks.pictures.loading import open_images
from condenset.tasks.task import NoAugmentation, Task


@wraps(AskedPictures, assigned=(), updated=())  # takes what that takes, and is pickled by its own name
def open_vectors(source: str | Path, **options: Any) -> Task:
    """The task in a named dataset of images or at a path; arguments and errors as of `open_images`.

    Raises `RequestError` where no encoder is named.
    """
    if options.get("encoder") is None:
        raise RequestError("image vectors are those of an encoder: name one with --encoder")
    return vectors_of(open_images(source, **options))


def vectors_of(pictures: Task) -> Task:
    """The task of the vectors (n, width) of images that an encoder reads, group after group."""
    by: ByEncoder = pictures.resources["encoder"]
    read = pictures.train.represented(by.vectors)
    index = [part for group in range(len(pictures.groups)) for part in pictures.train.parts(group)]
    vectors, targets = (torch.cat(parts) for parts in zip(*map(read, index), strict=True))
    train = Batch(vectors, targets, pictures.groups.of(targets), torch.ones(len(vectors)))
    known = pictures.recognised
    return replace(
        pictures,
        modality=MODALITIES.get("image-vectors"),
        input_spec=Leaf((by.weights.width,), meaning="features"),
        train=InMemoryView(train, len(pictures.groups)),
        held_out=partial(_held_out, pictures.held_out, by),
        validation=None if pictures.validation is None else _read(pictures.validation, by),
        augmentation=NoAugmentation(),
        preprocessing={"kind": "image-vectors", "pictures": pictures.preprocessing},
        recognised=replace(known, inputs=f"vectors by {by.weights.model} of {known.inputs}"),
        resources={},
    )


def _held_out(pictures: Callable[[], Batch], by: ByEncoder) -> Batch:
    return _read(pictures(), by)


def _read(pictures: Batch, by: ByEncoder) -> Batch:
    return replace(pictures, inputs=by.vectors(pictures.inputs))
