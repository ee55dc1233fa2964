"""Datasets with a name: where they are looked for, and the constants that the literature normalises them with."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from condenset.core.cache import cache_folder
from condenset.core.errors import DataError
from condenset.tasks.pictures.arrays import from_arrays
from condenset.tasks.pictures.examples import Examples, ImageData
from condenset.tasks.pictures.idx import looks_like_idx, read_idx_folder
from condenset.tasks.pictures.parquet import read_parquet
from condenset.tasks.pictures.shards import decoded
from condenset.tasks.reading.shards import split_files

_DIGITS = tuple("0123456789")
_CIFAR10 = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_FASHION = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


@dataclass(frozen=True)
class KnownImages:
    """One named dataset.

    Attributes:
        classes: class names in the customary order; None: those that the files give.
        mean, std: per channel in [0, 1] pixel units, as DC, MTT and IDC normalise.
        torchvision: its class in torchvision.datasets.
        folders: where it may lie below a data folder, as Parquet or IDX files.
        mirrored: whether a mirrored image still shows its class.
    """

    classes: tuple[str, ...] | None
    mean: tuple[float, ...]
    std: tuple[float, ...]
    torchvision: str
    folders: tuple[str, ...]
    mirrored: bool = True


_KNOWN = {
    "mnist": KnownImages(_DIGITS, (0.1307,), (0.3081,), "MNIST", ("mnist", "MNIST/raw"), mirrored=False),
    "fashion-mnist": KnownImages(_FASHION, (0.2861,), (0.3530,), "FashionMNIST", ("fashion-mnist", "FashionMNIST/raw")),
    "cifar10": KnownImages(
        _CIFAR10, (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010), "CIFAR10", ("cifar10-jpeg", "cifar10")
    ),
    "cifar100": KnownImages(None, (0.5071, 0.4866, 0.4409), (0.2673, 0.2564, 0.2762), "CIFAR100", ("cifar100",)),
    "svhn": KnownImages(_DIGITS, (0.4377, 0.4438, 0.4728), (0.1980, 0.2010, 0.1970), "SVHN", ("svhn",), mirrored=False),
}
NAMES = ("digits", *_KNOWN)


def read_known(name: str, root: Path | None, skip_unreadable: bool) -> ImageData:
    """A named dataset.

    Looked for in `root` (default: the folder in CONDENSET_DATA) as Parquet or IDX files or as torchvision keeps it,
    then among the system's packaged datasets, then in the user's cache, into which torchvision downloads it at last.
    A re-encoded variant keeps its own name ("cifar10-jpeg"). Raises `DataError` naming the alternatives.
    """
    if name == "digits":
        return _digits()
    known = _KNOWN[name]
    folders = list(_folders(known, root))
    data = next((found for folder in folders if (found := _in_folder(known, folder, skip_unreadable))), None)
    data = data or _from_torchvision(name, known, root)
    variant = data.name if data.name.startswith(name) else name
    return replace(data, name=variant, constants=(known.mean, known.std), mirrored=known.mirrored)


def _digits() -> ImageData:
    from sklearn.datasets import load_digits

    bunch: Any = load_digits()
    images = (bunch.images / 16).astype(np.float32)
    return replace(from_arrays("digits", (images, bunch.target)), mirrored=False)


def _base(root: Path | None) -> Path | None:
    listed = os.environ.get("CONDENSET_DATA")
    return root or (Path(listed) if listed else None)


def _folders(known: KnownImages, root: Path | None) -> Iterator[Path]:
    base = _base(root)
    shares = os.environ.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    for place in [*([base] if base else []), *(Path(share) / "datasets" for share in shares.split(":"))]:
        yield from (place / folder for folder in known.folders)


def _in_folder(known: KnownImages, folder: Path, skip_unreadable: bool) -> ImageData | None:
    if looks_like_idx(folder):
        return read_idx_folder(folder, known.classes)
    if not split_files(folder, "train"):
        return None
    return decoded(read_parquet(folder, skip_unreadable, known.classes), None, skip_unreadable)


def _from_torchvision(name: str, known: KnownImages, root: Path | None) -> ImageData:
    base, cache = _base(root), cache_folder() / "torchvision"
    for place in filter(None, (base, cache)):
        with contextlib.suppress(RuntimeError, OSError):
            return _opened(name, known, place, download=False)
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with contextlib.redirect_stdout(sys.stderr):
            return _opened(name, known, cache, download=True)
    except (RuntimeError, OSError) as error:
        raise DataError(
            f"{name} was not found in {base or 'CONDENSET_DATA (not set)'} nor in {cache}, and its download failed "
            f"({error}): set CONDENSET_DATA to a folder that holds {' or '.join(known.folders)} (Parquet or IDX files) "
            f"or torchvision's copy of {known.torchvision}, or begin with the built-in 'digits'"
        ) from error


def _opened(name: str, known: KnownImages, place: Path, download: bool) -> ImageData:
    train, classes = _split(known, place, "train", download)
    return ImageData(name, known.classes or classes, train, partial(_test_split, known, place, download))


def _test_split(known: KnownImages, place: Path, download: bool) -> Examples:
    return _split(known, place, "test", download)[0]


def _split(known: KnownImages, place: Path, split: str, download: bool) -> tuple[Examples, tuple[str, ...]]:
    from torchvision import datasets

    kind: Any = getattr(datasets, known.torchvision)
    which: dict[str, Any] = {"split": split} if known.torchvision == "SVHN" else {"train": split == "train"}
    opened = kind(str(place), download=download, **which)
    images = np.asarray(opened.data)
    labels = np.asarray(opened.labels if known.torchvision == "SVHN" else opened.targets, dtype=np.int64)
    if images.ndim == 3:
        images = images[..., None]
    if known.torchvision == "SVHN":
        images = images.transpose(0, 2, 3, 1)
    return Examples(images, labels), tuple(getattr(opened, "classes", ()))
