"""Opens image data as a task: named datasets, class folders, NPZ, IDX and Parquet files, arrays in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial, wraps
from pathlib import Path
from typing import Any

import numpy as np
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError
from condenset.core.groups import ByClass
from condenset.core.registries import MODALITIES
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.footprint import Footprint, footprint, index_bytes, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.missing import not_there
from condenset.tasks.pictures.arrays import from_arrays, looks_like_npz_images, read_npz
from condenset.tasks.pictures.asked import AskedPictures
from condenset.tasks.pictures.augment import DSA
from condenset.tasks.pictures.by_encoder import PictureEncoder
from condenset.tasks.pictures.decoding import Format, check_size
from condenset.tasks.pictures.examples import Examples, ImageData, as_indices, require_every_class
from condenset.tasks.pictures.folder import looks_like_class_folders, looks_like_pictures, read_folder
from condenset.tasks.pictures.idx import looks_like_idx, read_idx_folder
from condenset.tasks.pictures.known import NAMES, read_known
from condenset.tasks.pictures.mirroring import MOST, bears_mirroring
from condenset.tasks.pictures.parquet import looks_like_parquet_images, read_parquet
from condenset.tasks.pictures.preprocessing import measure, measure_levels, to_inputs
from condenset.tasks.pictures.shards import Labelled, Sharded, decoded, labelled, open_split
from condenset.tasks.pictures.streaming import image_store
from condenset.tasks.pictures.tar import looks_like_tar_images, read_tar
from condenset.tasks.pictures.whitening import Form, whitened
from condenset.tasks.recognised import Recognised, drawn
from condenset.tasks.store import Records, Store
from condenset.tasks.streamed import StreamedView
from condenset.tasks.targets.classification import Classification, majority
from condenset.tasks.task import Task
from condenset.tasks.view import View

_SMALLEST_CUTOUT = 16  # pixels a side; in a smaller image a cut-out hides most of what there is


def open_pictures(asked: AskedPictures) -> Task:
    """The task in a named dataset or at a path; of pictures that nobody sorted, with one class.

    Raises `DataError` for data that cannot be used and `RequestError` for a request that makes no sense.
    """
    check_size(asked.size)
    source, size, skip, by = asked.source, asked.size, asked.skip_unreadable, asked.reader()
    if isinstance(source, str) and source in NAMES:
        data: ImageData | Sharded = read_known(source, None if asked.root is None else Path(asked.root), skip)
    else:
        data = _read_path(source, skip)
    record = asked.record(isinstance(data, Sharded))
    if isinstance(data, Sharded):
        train = labelled(data.train, data.classes, skip)
        if by is not None:
            size = size or by.side(train.first(skip))
        if not asked.fit_memory(train.expected_bytes(size, skip)):
            return _streamed_task(data, train, size, record, asked.flip, by)
        data = decoded(data, size, skip)
    data = data.split(asked.test_fraction, asked.seed).limited(asked.images_per_class, asked.seed)
    return image_task(data, size, record, asked.zca, asked.flip, by)


@wraps(AskedPictures, assigned=(), updated=())  # takes what that takes, and is pickled by its own name
def open_images(source: str | Path, **options: Any) -> Task:
    """The task in a named dataset or at a path, with classes.

    Args: source, options, the attributes of `AskedPictures`. Raises as `open_pictures`.
    """
    path = Path(source)
    if source not in NAMES and path.is_dir() and looks_like_pictures(path):
        raise DataError(
            f"{source}: pictures that no class folders sort have no labels: sort them into at least two folders, one "
            "per class, or open them with --task unlabelled-images"
        )
    return open_pictures(AskedPictures(source, **options))


def images_from_arrays(
    images: np.ndarray,
    labels: np.ndarray,
    *,
    held_out: tuple[np.ndarray, np.ndarray] | None = None,
    classes: Sequence[str] | None = None,
    name: str = "arrays",
    seed: int = 0,
    test_fraction: float = 0.2,
    flip: bool | None = None,
) -> Task:
    """The task in arrays of a running program.

    Args: images, (n, h, w), (n, h, w, c) or (n, c, h, w); labels, (n,) class indices or names; held_out, images and
    labels to test on, else a stratified `test_fraction` by `seed`; classes, names by index; flip, see `open_images`.
    Raises `DataError` for arrays that cannot be used. The task's `source` is empty: only arrays can open it again.
    """
    data = from_arrays(name, (images, labels), held_out, classes)
    return image_task(data.split(test_fraction, seed), None, {}, flip=flip)


def recognise(path: Path) -> bool:
    """Whether a path looks like images: class folders with pictures, NPZ, IDX, Parquet with an image column, tar."""
    if path.is_file():
        kinds = {".npz": looks_like_npz_images, ".parquet": looks_like_parquet_images, ".tar": looks_like_tar_images}
        return path.suffix in kinds and kinds[path.suffix](path)
    looks = (looks_like_idx, looks_like_parquet_images, looks_like_tar_images, looks_like_class_folders)
    return path.is_dir() and any(look(path) for look in looks)


def _read_path(source: str | Path, skip_unreadable: bool) -> ImageData | Sharded:
    path = Path(source)
    if not path.exists():
        raise not_there("image dataset", source, NAMES)
    if path.suffix == ".npz" and path.is_file():
        return read_npz(path)
    if path.suffix == ".parquet" or looks_like_parquet_images(path) or any(path.glob("*.parquet")):
        return read_parquet(path, skip_unreadable)
    if path.suffix == ".tar" or looks_like_tar_images(path):
        return read_tar(path, skip_unreadable)
    if path.is_file():
        raise DataError(f"{path} is a {path.suffix or 'plain'} file: images are in .npz, .parquet, .tar, or a folder")
    if looks_like_idx(path):
        return read_idx_folder(path)
    return read_folder(path)


def image_task(
    data: ImageData,
    size: int | None,
    source: dict[str, Any],
    zca: Form | None = None,
    flip: bool | None = None,
    by: PictureEncoder | None = None,
) -> Task:
    """The task of images in memory that have a test set.

    Arguments as of `open_images`; source, what opens it again; by, the encoder that reads them.
    """
    require_every_class(data.train.labels, data.classes)
    channels = data.train.images.shape[3]
    constants = ((0.0,) * channels, (1.0,) * channels) if zca == "absolute" else data.constants
    if by is not None:
        constants = by.constants(channels) or constants
    preprocessing = measure(data.train.images, size, constants) | {"data": data.name}
    if data.skipped:
        preprocessing["skipped"] = data.skipped
    assert data.test is not None
    fingerprint = data.train.fingerprint() | {"data": data.name}
    if zca:
        normalised = partial(to_inputs, data.train.images, preprocessing)
        preprocessing = whitened(preprocessing, fingerprint["sha256"], normalised, zca)
    train = InMemoryView(_batch(data.train, preprocessing), len(data.classes))
    preprocessing |= _flip(flip, data.mirrored, train)
    held_out = partial(_held_out, data.test, data.classes, preprocessing)
    mirrored = preprocessing.get("flip", data.mirrored is not False)
    task = _described(data.classes, mirrored, train, held_out, preprocessing, fingerprint, source, by)
    own = _footprint(data.files, task, data.train.images.dtype.itemsize)
    recognised = _recognised(task, data.original or data.train.images.shape[2:0:-1], data.tested)
    if data.validation is None:
        return replace(task, footprint=own, recognised=recognised)
    told = replace(recognised, validation=f"{len(data.validation.labels)} images, a split of their own")
    return replace(task, footprint=own, recognised=told, validation=_batch(data.validation, preprocessing))


def _flip(said: bool | None, known: bool | None, train: View) -> dict[str, bool]:
    """What is recorded of whether to mirror, since scores and experts depend on it; nothing where that is as usual.

    Where neither the user nor the data's description says it, the pictures are asked.
    """
    if said is not None:
        return {"flip": said}
    if known is not None:
        return {}
    some = train.draw(MOST, Rng(0).child("mirroring"))
    return {} if bears_mirroring(some.inputs, some.targets) else {"flip": False}


def _held_out(open_test: Callable[[], Examples], classes: tuple[str, ...], preprocessing: dict[str, Any]) -> Batch:
    examples = open_test()
    as_indices(examples.labels, classes, f"{preprocessing['data']}: test labels")
    return _batch(examples, preprocessing)


def _streamed_task(
    data: Sharded,
    labels: Labelled,
    size: int | None,
    source: dict[str, Any],
    flip: bool | None,
    by: PictureEncoder | None,
) -> Task:
    """Args: source, what opens it again."""
    classes, skip = labels.classes, source["skip_unreadable"]
    fraction, seed = source["test_fraction"], source["seed"]
    store = image_store(labels, size, skip, None if data.test else fraction, Rng(seed).child("split"))
    height, width, channels = store.card["shape"]
    constants = None if by is None else by.constants(channels)
    measured, scale = measure_levels(np.array(store.card["levels"]), [height, width], constants)
    preprocessing = measured | {"data": data.name}
    if store.card["skipped"]:
        preprocessing["skipped"] = store.card["skipped"]
    train = StreamedView(
        store, torch.tensor(store.card["counts"]), scale, partial(_of_records, preprocessing=preprocessing)
    )
    preprocessing |= _flip(flip, None, train)
    open_test = partial(_rest, store, len(train))
    if data.test:
        open_test = partial(open_split, data.test, classes, Format(height, width, channels), skip)
    held_out = partial(_held_out, open_test, classes, preprocessing)
    fingerprint = store.card["fingerprint"] | {"data": data.name}
    mirrored = preprocessing.get("flip", True)
    task = _described(classes, mirrored, train, held_out, preprocessing, fingerprint, source, by)
    own = _footprint(share(data.bytes_on_disk, len(train), len(store)), task, value_bytes=1)
    tested = ImageData.tested if data.test else drawn(len(store) - len(train), fraction, seed, "images")
    return replace(task, footprint=own, recognised=_recognised(task, labels.first(skip), tested))


def _of_records(records: Records, preprocessing: dict[str, Any]) -> Batch:
    return _batch(Examples(records["inputs"], records["target"]), preprocessing)


def _rest(store: Store, first: int) -> Examples:
    records = store.rest(first)
    return Examples(records["inputs"], records["target"])


def _described(
    classes: tuple[str, ...],
    mirrored: bool,
    train: View,
    held_out: Callable[[], Batch],
    preprocessing: dict[str, Any],
    fingerprint: dict[str, Any],
    source: dict[str, Any],
    by: PictureEncoder | None,
) -> Task:
    height, width = preprocessing["size"]
    task = Task(
        name=preprocessing["data"],
        modality=MODALITIES.get("image"),
        input_spec=Leaf((len(preprocessing["mean"]), height, width), meaning="grid"),
        target=Classification(classes, majority(train.counts())),
        groups=ByClass(classes),
        train=train,
        held_out=held_out,
        augmentation=DSA(strategy=_strategy(preprocessing["size"], mirrored)),
        preprocessing=preprocessing,
        fingerprint=fingerprint,
        source=source,
        resources=_resources(len(preprocessing["mean"]), mirrored),
    )
    return task if by is None else by.reading(task)


def _footprint(files: int | None, task: Task, value_bytes: int) -> Footprint:
    """A picture costs its file, or its values at the size that networks see where these take less."""
    native = task.input_spec.size * value_bytes + index_bytes(len(task.groups))
    return footprint(files, len(task.train), native)


def _recognised(task: Task, original: Sequence[int] | None, tested: str) -> Recognised:
    """Args: original, width and height of the first picture; tested, which pictures are held out, in words."""
    leaf = task.input_spec
    channels, height, width = leaf.shape
    inputs = f"{'grey' if channels == 1 else 'colour'} pictures of {width} × {height} pixels"
    if original is not None and tuple(original[:2]) != (width, height):
        inputs += f", brought there from {original[0]} × {original[1]} (the first one)"
    if "mirror" not in task.offers:
        inputs += ", not to be mirrored"
    return Recognised(target=task.target.describe(), inputs=inputs, test=tested)


def _resources(channels: int, mirrored: bool) -> dict[str, Any]:
    """What methods ask of pictures: whether colours tell them apart, whether a mirror image shows the same."""
    return {"augmentation": True} | ({"colour": True} if channels > 1 else {}) | ({"mirror": True} if mirrored else {})


def _batch(examples: Examples, preprocessing: dict[str, Any]) -> Batch:
    labels = torch.from_numpy(np.array(examples.labels))
    return Batch(to_inputs(examples.images, preprocessing), labels, labels, torch.ones(len(labels)))


def _strategy(size: list[int], mirrored: bool) -> tuple[str, ...]:
    left_out = ({"cutout"} if min(size) < _SMALLEST_CUTOUT else set()) | (set() if mirrored else {"flip"})
    return tuple(group for group in DSA.strategy if group not in left_out)
