"""Opens image data as a task: named datasets, class folders, NPZ, IDX and Parquet files, arrays in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError, UnknownNameError
from condenset.core.rng import Rng
from condenset.tasks.image.arrays import from_arrays, looks_like_npz_images, read_npz
from condenset.tasks.image.augment import DSA
from condenset.tasks.image.decoding import check_size
from condenset.tasks.image.examples import Examples, ImageData, as_indices, require_every_class
from condenset.tasks.image.folder import looks_like_class_folders, read_folder
from condenset.tasks.image.idx import looks_like_idx, read_idx_folder
from condenset.tasks.image.known import NAMES, read_known
from condenset.tasks.image.parquet import looks_like_parquet_images, read_parquet
from condenset.tasks.image.preprocessing import measure, to_inputs
from condenset.tasks.target import Classification
from condenset.tasks.task import MODALITIES, Task
from condenset.tasks.view import TrainView

_SMALLEST_CUTOUT = 16  # pixels a side; in a smaller image a cut-out hides most of what there is


def open_images(
    source: str | Path,
    *,
    seed: int = 0,
    test_fraction: float = 0.2,
    size: int | None = None,
    skip_unreadable: bool = False,
    root: str | Path | None = None,
) -> Task:
    """The task in a named dataset or at a path.

    Args:
        source: a known name (see `condenset list datasets`), class folders, an NPZ file, a folder of IDX files, a
            Parquet file or Hugging Face dataset folder. A path that is spelt like a name needs a `./` before it.
        seed: of the stratified split, where the data has no test split of its own.
        test_fraction: share of every class to hold out then, in (0, 1).
        size: side in pixels to bring the images to. Default: as they are; files of unequal or large size become
            32 or 64 pixels, whichever is nearer to their median shorter side.
        skip_unreadable: leave out broken files with a warning instead of raising.
        root: folder to look for named datasets in, instead of the one in CONDENSET_DATA.

    Raises `DataError` for data that cannot be used and `RequestError` for a request that makes no sense.
    """
    check_size(size)
    place = None if root is None else Path(root)
    if isinstance(source, str) and source in NAMES:
        data = read_known(source, place, skip_unreadable)
    else:
        data = _read_path(Path(source), size, skip_unreadable)
    record: dict[str, Any] = {"source": str(source), "seed": seed, "test_fraction": test_fraction}
    record |= {"size": size, "skip_unreadable": skip_unreadable, "root": None if root is None else str(root)}
    return _task(data.split(test_fraction, Rng(seed).child("split")), size, record)


def images_from_arrays(
    images: np.ndarray,
    labels: np.ndarray,
    *,
    held_out: tuple[np.ndarray, np.ndarray] | None = None,
    classes: Sequence[str] | None = None,
    name: str = "arrays",
    seed: int = 0,
    test_fraction: float = 0.2,
) -> Task:
    """The task in arrays of a running program.

    Args: images, (n, h, w), (n, h, w, c) or (n, c, h, w); labels, (n,) class indices or names; held_out, images and
    labels to test on, else a stratified `test_fraction` by `seed`; classes, names by index.
    Raises `DataError` for arrays that cannot be used. The task's `source` is empty: only arrays can open it again.
    """
    data = from_arrays(name, (images, labels), held_out, classes)
    return _task(data.split(test_fraction, Rng(seed).child("split")), None, {})


def recognise(path: Path) -> bool:
    """Whether a path looks like images: class folders with pictures, NPZ, IDX or Parquet with an image column."""
    if path.is_file():
        if path.suffix == ".npz":
            return looks_like_npz_images(path)
        return path.suffix == ".parquet" and looks_like_parquet_images(path)
    if not path.is_dir():
        return False
    return looks_like_idx(path) or looks_like_parquet_images(path) or looks_like_class_folders(path)


def _read_path(path: Path, size: int | None, skip_unreadable: bool) -> ImageData:
    if not path.exists():
        if path.name == str(path):
            raise UnknownNameError("image dataset", str(path), NAMES)
        raise DataError(f"{path} does not exist: give class folders, NPZ, IDX or Parquet files, or a known name")
    if path.suffix == ".npz" and path.is_file():
        return read_npz(path)
    if path.suffix == ".parquet" or looks_like_parquet_images(path) or any(path.glob("*.parquet")):
        return read_parquet(path, size, skip_unreadable)
    if path.is_file():
        raise DataError(f"{path} is a {path.suffix or 'plain'} file: images are read from .npz, .parquet, or a folder")
    if looks_like_idx(path):
        return read_idx_folder(path)
    return read_folder(path, size, skip_unreadable)


def _task(data: ImageData, size: int | None, source: dict[str, Any]) -> Task:
    require_every_class(data.train.labels, data.classes)
    preprocessing = measure(data.train.images, size, data.constants) | {"data": data.name}
    if data.skipped:
        preprocessing["skipped"] = data.skipped
    train = _batch(data.train, preprocessing)
    assert data.test is not None
    return Task(
        name=data.name,
        modality=MODALITIES.get("image"),
        input_shape=tuple(train.inputs.shape[1:]),  # type: ignore[union-attr]
        target=Classification(data.classes),
        train=TrainView(train, len(data.classes)),
        held_out=partial(_held_out, data.test, data.classes, preprocessing),
        augmentation=DSA(strategy=_strategy(preprocessing["size"], data.mirrored)),
        preprocessing=preprocessing,
        fingerprint=data.train.fingerprint() | {"data": data.name},
        source=source,
    )


def _held_out(
    open_test: Callable[[], Examples], classes: tuple[str, ...], preprocessing: dict[str, Any]
) -> Batch:
    found = open_test()
    as_indices(found.labels, classes, f"{preprocessing['data']}: test labels")
    return _batch(found, preprocessing)


def _batch(examples: Examples, preprocessing: dict[str, Any]) -> Batch:
    labels = torch.from_numpy(np.array(examples.labels))
    return Batch(to_inputs(examples.images, preprocessing), labels, labels, torch.ones(len(labels)))


def _strategy(size: list[int], mirrored: bool) -> tuple[str, ...]:
    left_out = ({"cutout"} if min(size) < _SMALLEST_CUTOUT else set()) | (set() if mirrored else {"flip"})
    return tuple(group for group in DSA.strategy if group not in left_out)
