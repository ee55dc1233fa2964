"""IDX files, the format of MNIST and Fashion-MNIST, plain or compressed (LeCun, Cortes and Burges 1998)."""

from __future__ import annotations

import gzip
import math
import zlib
from functools import partial
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from condenset.core.errors import DataError
from condenset.core.untrusted_file import limits, open_regular, read_regular
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.pictures.examples import Examples, ImageData, as_classes

_PART = 2**20  # bytes that are unpacked at a time


def idx_file(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder, with "-idx" or ".idx" and with or without ".gz"; None: there is none."""
    names = [f"{spelt}{end}" for spelt in (name, name.replace("-idx", ".idx")) for end in ("", ".gz")]
    return next((folder / n for n in names if (folder / n).is_file()), None)


def looks_like_idx(folder: Path) -> bool:
    """Whether a folder holds training images as IDX."""
    return idx_file(folder, "train-images-idx3-ubyte") is not None


def read_idx(path: Path) -> UInt8[np.ndarray, ...]:
    """The array of unsigned bytes in one file: two zero bytes, type 8, number of axes, big-endian shape, data.

    Raises `DataError` where the file is damaged, truncated, or of another type.
    """
    try:
        content = _unpacked(path) if path.suffix == ".gz" else read_regular(path)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read ({error}): fetch it again") from error
    if len(content) < 4 or content[:3] != b"\x00\x00\x08":
        raise DataError(f"{path} begins with {content[:4].hex()}: expected an IDX file of bytes, 00000801 or 00000803")
    axes = content[3]
    lengths, data = content[4 : 4 + 4 * axes], content[4 + 4 * axes :]
    shape = tuple(int.from_bytes(lengths[4 * axis : 4 * axis + 4], "big") for axis in range(axes))
    if len(lengths) != 4 * axes or len(data) != math.prod(shape):
        raise DataError(f"{path} announces shape {shape} but holds {len(data)} bytes: it is truncated; fetch it again")
    return np.frombuffer(data, dtype=np.uint8).reshape(shape)


def _unpacked(path: Path) -> bytes:
    with open_regular(path) as file, gzip.open(file) as stream:
        content, most = bytearray(), limits().bytes
        while part := stream.read(min(_PART, most + 1 - len(content))):  # as much as `most` at once would be set aside
            content += part
    limits().check("bytes", len(content), f"what is packed in {path}")
    return bytes(content)


def read_idx_folder(folder: Path, classes: tuple[str, ...] | None = None) -> ImageData:
    """The images (n, height, width, 1) in a folder, test split `t10k`. Raises `DataError`.

    Args: classes, names by index, else the label values.
    """
    train = read_idx_split(folder, "train")
    names = classes or as_classes(train.labels, None, f"{folder}: labels")
    files = bytes_on_disk(filter(None, _files(folder, "train")))
    return ImageData(folder.resolve().name, names, train, partial(read_idx_split, folder, "t10k"), files=files)


def read_idx_split(folder: Path, split: str) -> Examples:
    """One split of a folder, "train" or "t10k", its images (n, height, width, 1) uint8.

    Raises `DataError` for missing or unequal files.
    """
    files = _files(folder, split)
    if None in files:
        raise DataError(f"{folder} lacks {split}-images-idx3-ubyte or {split}-labels-idx1-ubyte, with or without .gz")
    images, labels = (read_idx(file) for file in files if file is not None)
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise DataError(f"{folder}: {split} images have shape {images.shape}, labels {labels.shape}; they do not fit")
    return Examples(images[..., None], labels.astype(np.int64))


def _files(folder: Path, split: str) -> list[Path | None]:
    """Images and labels of a split."""
    return [idx_file(folder, f"{split}-{part}-ubyte") for part in ("images-idx3", "labels-idx1")]
