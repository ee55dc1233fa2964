"""Class folders: `folder/<class>/*.png`, or `folder/train/<class>` and `folder/test/<class>`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from condenset.core.errors import DataError
from condenset.tasks.image.decoding import Encoded, Format, common_format, decode
from condenset.tasks.image.examples import Examples, ImageData, as_indices

SUFFIXES = frozenset([".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"])
_TEST_FOLDERS = ("test", "val", "validation", "valid")


def class_folders(folder: Path) -> list[Path]:
    """Visible folders directly below, sorted by name."""
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


def pictures(folder: Path) -> list[Path]:
    """Image files at any depth below, sorted by path, told by their suffix."""
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() in SUFFIXES and not p.name.startswith("."))


def looks_like_class_folders(folder: Path) -> bool:
    """Whether some folder directly below it, or below its `train`, holds a picture."""
    outer = folder / "train" if (folder / "train").is_dir() else folder
    return any(p.suffix.lower() in SUFFIXES for inner in class_folders(outer) for p in inner.iterdir())


def read_folder(folder: Path, size: int | None, skip_unreadable: bool) -> ImageData:
    """Images by class; the folder names are the class names, sorted.

    A folder `train` makes its neighbour `test` (or `val`, `validation`, `valid`) the test set. Size and channels
    follow `common_format` over the training images. Raises `DataError` for no or a single class folder, a class
    without images, a test class that training does not have, and (unless skipped) an unreadable file.
    """
    split = (folder / "train").is_dir()
    files = _listed(folder / "train" if split else folder)
    empty = [name for name, held in files.items() if not held]
    if len(files) < 2 or empty:
        problem = f"class folders {empty} hold no image" if empty else f"there are class folders {list(files)}"
        raise DataError(
            f"{folder}: {problem}; expected at least two folders, one per class, each with images "
            f"({', '.join(sorted(SUFFIXES))})"
        )
    classes = tuple(files)
    items = [Encoded(str(path), path) for held in files.values() for path in held]
    form = common_format(items, size, skip_unreadable)
    train = _read(files, classes, form, skip_unreadable)
    held_out = next((folder / name for name in _TEST_FOLDERS if split and (folder / name).is_dir()), None)
    test = None if held_out is None else partial(_held_out, held_out, classes, form, skip_unreadable)
    return ImageData(folder.resolve().name, classes, train, test, skipped=len(items) - len(train.labels))


def _listed(folder: Path) -> dict[str, list[Path]]:
    return {inner.name: pictures(inner) for inner in class_folders(folder)}


def _held_out(folder: Path, classes: tuple[str, ...], form: Format, skip: bool) -> Examples:
    return _read(_listed(folder), classes, form, skip)


def _read(files: dict[str, list[Path]], classes: tuple[str, ...], form: Format, skip: bool) -> Examples:
    pairs = [(name, path) for name, held in files.items() for path in held]
    if not pairs:
        raise DataError(f"no test image found below the folders {list(files)}: add some, or remove the test folder")
    labels = as_indices(np.array([name for name, _ in pairs]), classes, str(pairs[0][1].parent.parent))
    pixels, kept = decode([Encoded(str(path), path) for _, path in pairs], form, skip)
    return Examples(pixels, labels[kept])
