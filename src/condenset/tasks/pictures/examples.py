"""Images and labels as a reader found them, before normalisation, and what must hold for them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from jaxtyping import Bool, Int64, Integer, Shaped

from condenset.core.errors import DataError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.footprint import share
from condenset.tasks.recognised import drawn

_LABELS = 65536  # that are hashed at a time


class Digest:
    """The fingerprint of images that come in parts."""

    def __init__(self, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        """Args: shape (n, height, width, channels) and dtype of all images together."""
        self._hash = hashlib.sha256(f"{shape} {dtype.str}".encode())

    def add(self, images: Shaped[np.ndarray, "n height width channels"]) -> None:
        """The next images."""
        self._hash.update(np.ascontiguousarray(images).data)

    def record(self, labels: Integer[np.ndarray, " n"]) -> dict[str, Any]:
        """{"rows": n, "sha256": hex}, after the last image and with all labels."""
        for first in range(0, len(labels), _LABELS):
            self._hash.update(labels[first : first + _LABELS].astype(np.int64).data)
        return {"rows": len(labels), "sha256": self._hash.hexdigest()}


@dataclass(frozen=True)
class Examples:
    """Images beside their labels.

    Attributes:
        images: (n, height, width, channels), uint8 or any other real dtype.
        labels: (n,) class indices.
    """

    images: Shaped[np.ndarray, "n height width channels"]
    labels: Int64[np.ndarray, " n"]

    def select(self, mask: Bool[np.ndarray, " n"]) -> Examples:
        """The marked examples, in their order."""
        return Examples(self.images[mask], self.labels[mask])

    def fingerprint(self) -> dict[str, Any]:
        """{"rows": n, "sha256": hex digest over shape, dtype, pixels and labels}."""
        digest = Digest(self.images.shape, self.images.dtype)
        digest.add(self.images)
        return digest.record(self.labels)


@dataclass(frozen=True)
class ImageData:
    """What a reader returns.

    Attributes:
        name: dataset name, with its variant ("cifar10-jpeg"), or the path's last part.
        classes: class names in the order of their indices.
        train: training examples; all examples where the data has no split of its own.
        test: opens the test examples, in any process; None where the data has no split of its own.
        constants: (mean, std) per channel in [0, 1] pixel units that the literature uses; None: measured.
        mirrored: whether a mirrored image still shows its class (false for digits); None: not known.
        skipped: unreadable files that were left out of `train`.
        files: bytes of the files that hold `train`; None: not known.
        validation: examples to choose settings on; None where the data have none.
        tested: which examples are held out, in words.
        original: width and height of the first picture before it was decoded; None: as in `train`.
    """

    name: str
    classes: tuple[str, ...]
    train: Examples
    test: Callable[[], Examples] | None = None
    constants: tuple[tuple[float, ...], tuple[float, ...]] | None = None
    mirrored: bool | None = None
    skipped: int = 0
    files: int | None = None
    validation: Examples | None = None
    tested: str = "a split of their own"
    original: tuple[int, int] | None = None

    def split(self, fraction: float, seed: int) -> ImageData:
        """With a test set: its own one where there is one, else a stratified `fraction` of the training examples."""
        if self.test is not None:
            return self
        chosen = stratified(self.train.labels, fraction, Rng(seed).child("split"))
        held_out, kept = self.train.select(chosen), self.train.select(~chosen)
        files = share(self.files, len(kept.labels), len(chosen))
        tested = drawn(len(held_out.labels), fraction, seed, "images")
        return replace(self, train=kept, test=partial(replace, held_out), files=files, tested=tested)

    def limited(self, per_class: int | None, seed: int) -> ImageData:
        """With so many random training images of every class at most; None: all. Raises `RequestError` for none."""
        if per_class is None:
            return self
        if per_class < 1:
            raise RequestError(f"--images-per-class {per_class} leaves no image: give 1 or more")
        order = Rng(seed).child("limit").numpy().permutation(len(self.train.labels))
        kept = np.zeros(len(order), dtype=bool)
        for label in range(len(self.classes)):
            kept[order[self.train.labels[order] == label][:per_class]] = True
        return replace(self, train=self.train.select(kept), files=share(self.files, int(kept.sum()), len(kept)))


def stratified(labels: Integer[np.ndarray, " n"], fraction: float, rng: Rng) -> Bool[np.ndarray, " n"]:
    """Marks a random `fraction` of every class: at least one of its examples, never the last one.

    Raises `DataError` for a fraction outside (0, 1) and where no class has two examples.
    """
    if not 0 < fraction < 1:
        raise DataError(f"--test-fraction {fraction} is impossible: give a number between 0 and 1, such as 0.2")
    order = rng.numpy().permutation(np.arange(len(labels), dtype=np.uint32))
    chosen = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = order[labels[order] == label]
        count = min(max(1, round(len(members) * fraction)), len(members) - 1)
        chosen[members[:count]] = True
    if not chosen.any():
        raise DataError(
            "no class has two images, so none can be held out for testing: add images, or give a test set beside train"
        )
    return chosen


def as_classes(labels: Shaped[np.ndarray, " n"], names: Sequence[str] | None, where: str) -> tuple[str, ...]:
    """Class names of checked training labels: those given, or the label values themselves.

    Args: labels, integers or strings; where, what the labels are called in messages.
    Raises `DataError` for a single class, a label without a name, and a class without an example.
    """
    values = np.unique(labels)
    if len(values) < 2:
        raise DataError(f"{where} holds a single class, {values.tolist()}: at least two are needed to tell apart")
    if names is None and labels.dtype.kind in "US":
        return tuple(map(str, values))
    count = int(values[-1]) + 1 if names is None else len(names)
    if names is None and count != len(values):
        raise DataError(
            f"{where} has values {values[0]}..{values[-1]} but only {len(values)} of these occur: "
            f"labels must be 0..{len(values) - 1} with every class present; renumber them"
        )
    return tuple(map(str, range(count))) if names is None else tuple(map(str, names))


def as_indices(labels: Shaped[np.ndarray, " n"], classes: tuple[str, ...], where: str) -> Int64[np.ndarray, " n"]:
    """Class index of each label, (n,). Raises `DataError` for a label that is none of the classes."""
    if labels.dtype.kind in "US":
        index = {name: i for i, name in enumerate(classes)}
        strange = sorted(set(map(str, labels)) - set(index))
        if strange:
            raise DataError(f"{where} has classes {strange[:5]} that training does not have: it has {list(classes)}")
        return np.array([index[str(label)] for label in labels], dtype=np.int64)
    outside = labels[(labels < 0) | (labels >= len(classes))]
    if len(outside):
        raise DataError(f"{where} holds label {outside[0]}: expected 0..{len(classes) - 1} for {len(classes)} classes")
    return labels.astype(np.int64)


def require_every_class(labels: Integer[np.ndarray, " n"], classes: tuple[str, ...]) -> None:
    """Raises `DataError` naming the classes without a single training image."""
    counts = np.bincount(labels, minlength=len(classes))
    empty = [name for name, count in zip(classes, counts, strict=True) if count == 0]
    if empty:
        raise DataError(f"classes {empty[:10]} have no training image: add images, or remove these classes")
