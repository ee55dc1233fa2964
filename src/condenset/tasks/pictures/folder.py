"""Class folders: `folder/<class>/*.png`, or `folder/train/<class>` and `folder/test/<class>`; and pictures unsorted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from condenset.core.errors import DataError
from condenset.tasks.pictures.decoding import Encoded
from condenset.tasks.pictures.shards import PathShard, Sharded
from condenset.tasks.reading.shards import TEST_SPLITS

SUFFIXES = frozenset([".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"])


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


def looks_like_pictures(folder: Path) -> bool:
    """Whether it holds pictures itself, and no class folders."""
    return any(p.suffix.lower() in SUFFIXES for p in folder.iterdir()) and not looks_like_class_folders(folder)


@dataclass(frozen=True)
class ClassFolder(PathShard):
    """The images of one class; the folder has its name."""

    def files(self) -> Iterator[Path]:
        """The image files, sorted."""
        yield from pictures(self.path)

    def labels(self) -> np.ndarray:
        """The folder's name, once for each image."""
        return np.full(len(pictures(self.path)), self.path.name)

    def pictures(self) -> Iterator[Encoded]:
        """The image files, sorted."""
        return (Encoded(str(path), path) for path in self.files())


def read_folder(folder: Path) -> Sharded:
    """Images by class; the folder names are the class names, sorted. Pictures that no class folders sort are of one.

    A folder `train` makes its neighbour `test` (or `val`, `validation`, `valid`) the test set.
    Raises `DataError` for no or a single class folder, and a class without images.
    """
    if looks_like_pictures(folder):
        whole = ClassFolder(folder.resolve())
        return Sharded(whole.path.name, (whole,), classes=(whole.path.name,))
    split = (folder / "train").is_dir()
    train = _shards(folder / "train" if split else folder)
    names = [shard.path.name for shard in train]
    empty = [shard.path.name for shard in train if not any(shard.files())]
    if len(train) < 2 or empty:
        problem = f"class folders {empty} hold no image" if empty else f"there are class folders {names}"
        raise DataError(
            f"{folder}: {problem}; expected at least two folders, one per class, each with images "
            f"({', '.join(sorted(SUFFIXES))})"
        )
    held_out = next((folder / name for name in TEST_SPLITS if split and (folder / name).is_dir()), None)
    return Sharded(folder.resolve().name, train, () if held_out is None else _shards(held_out), tuple(names))


def _shards(folder: Path) -> tuple[ClassFolder, ...]:
    return tuple(map(ClassFolder, class_folders(folder)))
