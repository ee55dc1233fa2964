"""Opens images without their labels, beside what an encoder makes of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.groups import Together
from condenset.core.registries import MODALITIES
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.pictures.asked import AskedPictures
from condenset.tasks.pictures.by_encoder import ByEncoder
from condenset.tasks.pictures.folder import looks_like_pictures
from condenset.tasks.pictures.loading import open_pictures
from condenset.tasks.targets.vectors import Vectors
from condenset.tasks.task import Task, by_prediction
from condenset.tasks.unlabelled_images.grading import by_probe

_ENCODER = "barlow-twins"


@wraps(AskedPictures, assigned=(), updated=())  # takes what that takes, and is pickled by its own name
def open_unlabelled(source: str | Path, **options: Any) -> Task:
    """The task in a named dataset of images or at a path, a folder of pictures among them; arguments and errors as of
    `open_images`, and all training images must fit into memory. Default of `encoder`: "barlow-twins"."""
    return unlabelled(open_pictures(AskedPictures(source, **{"encoder": _ENCODER} | options)))


def recognise(path: Path) -> bool:
    """Whether it is a folder of pictures that no class folders sort."""
    return path.is_dir() and looks_like_pictures(path)


def unlabelled(pictures: Task) -> Task:
    """The task of telling what the encoder that reads the pictures makes of them.

    Labels are left where test data are opened: there, a linear probe needs them.
    """
    by: ByEncoder = pictures.resources["encoder"]
    images = pictures.train.all().inputs
    vectors = by.vectors(images)
    mean = vectors.mean(0)
    unit = max((vectors - mean).square().mean().sqrt().item(), 1e-12)
    code = partial(_coded, by=by, mean=mean, unit=unit)
    classes = len(pictures.groups) if len(pictures.groups) > 1 else 0
    target = Vectors(by.weights.model, by.weights.width, unit, classes)
    known = pictures.recognised
    return replace(
        pictures,
        modality=replace(MODALITIES.get("unlabelled-images"), represent=by.vectors),
        target=target,
        groups=Together(),
        train=InMemoryView(_unsorted(images, code(images)), 1),
        held_out=partial(_held_out, pictures.held_out, code),
        validation=None if pictures.validation is None else _without_labels(pictures.validation, code),
        grader=by_probe if classes else by_prediction,
        recognised=replace(known, target=_told(target)),
        resources={name: offered for name, offered in pictures.resources.items() if name != "encoder"},
    )


def _coded(images: Tensor, by: ByEncoder, mean: Tensor, unit: float) -> Float[Tensor, "n width"]:
    return (by.vectors(images) - mean.to(images.device)) / unit


def _unsorted(images: Tensor, vectors: Tensor) -> Batch:
    weight = vectors.new_ones(len(vectors))
    return Batch(images, vectors, weight.new_zeros(len(vectors)).long(), weight)


def _without_labels(pictures: Batch, code: Callable[[Tensor], Tensor]) -> Batch:
    return _unsorted(pictures.inputs, code(pictures.inputs))


def _held_out(pictures: Callable[[], Batch], code: Callable[[Tensor], Tensor]) -> Batch:
    """Their groups are their classes, which the grader asks for."""
    opened = pictures()
    return replace(opened, targets=code(opened.inputs))


def _told(target: Vectors) -> str:
    labels = f"{target.classes} classes at evaluation alone" if target.classes else "there are no labels"
    return f"{target.describe()}, to pre-train networks; {labels}"
