"""Parquet files in the Hugging Face image layout: a column of {bytes, path} structures beside a label column."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from condenset.core.errors import DataError
from condenset.tasks.pictures.decoding import Encoded
from condenset.tasks.pictures.shards import PathShard, Sharded
from condenset.tasks.reading.parquet import parquet_batches, parquet_head
from condenset.tasks.reading.shards import check_complete, readable, test_files, train_files

_IMAGE_COLUMNS = ("image", "img", "images", "picture", "pixels")
_LABEL_COLUMNS = ("label", "labels", "fine_label", "target", "class")
_LABELS, _PICTURES = 65536, 256  # rows that are read at a time


def looks_like_parquet_images(path: Path) -> bool:
    """Whether the first Parquet file at a path has a column that is named or declared as images."""
    files = train_files(path)
    try:
        return bool(files) and _image_column(parquet_head(files[0])[0]) is not None
    except DataError:
        return False


def read_parquet(path: Path, skip_unreadable: bool, classes: tuple[str, ...] | None = None) -> Sharded:
    """A dataset folder, or a single file without a test split of its own.

    Args: classes, names by index, else those of the files' Hugging Face features, else the label values.
    The shards are `train-*`, or all files where no split has a name; the test split is `test-*`, else `validation-*`.
    Raises `DataError` for missing files or columns and (unless skipped) missing and broken shards.
    """
    files = train_files(path)
    if not files:
        raise DataError(f"{path} holds no train-*.parquet, nor does its folder data: expected a Hugging Face dataset")
    train, test = (_opened(paths, skip_unreadable) for paths in (files, test_files(path)))
    name = path.stem if path.is_file() else path.resolve().name
    return Sharded(name, train, test, classes or (train[0].classes if train else None))


@dataclass(frozen=True)
class ParquetShard(PathShard):
    """A Parquet file.

    Attributes:
        image, label: its columns.
        classes: class names by index, as Hugging Face writes them.
    """

    image: str
    label: str
    classes: tuple[str, ...] | None

    def labels(self) -> np.ndarray:
        """The label column."""
        parts = [np.asarray(batch.column(0)) for batch in parquet_batches(self.path, [self.label], _LABELS)]
        values = np.concatenate(parts)
        return values.astype(str) if values.dtype.kind == "O" else values

    def pictures(self) -> Iterator[Encoded]:
        """The image column."""
        import pyarrow as pa
        import pyarrow.compute as pc

        row = 0
        for batch in parquet_batches(self.path, [self.image], _PICTURES):
            column = batch.column(0)
            values = pc.struct_field(column, "bytes") if pa.types.is_struct(column.type) else column
            for content in values.to_pylist():
                yield Encoded(f"{self.path}, row {row}", content or b"")
                row += 1


def _opened(files: list[Path], skip_unreadable: bool) -> tuple[ParquetShard, ...]:
    check_complete(files, skip_unreadable)
    return tuple(shard for _, shard in readable(files, _open, skip_unreadable))


def _open(path: Path) -> ParquetShard:
    schema, rows = parquet_head(path)
    image, label = _image_column(schema), next((name for name in _LABEL_COLUMNS if name in schema.names), None)
    if image is None or label is None or rows == 0:
        raise DataError(
            f"{path} has columns {schema.names} and {rows} rows: expected rows with images "
            f"({', '.join(_IMAGE_COLUMNS)}) and labels ({', '.join(_LABEL_COLUMNS)})"
        )
    names = _features(schema).get(label, {}).get("names")
    classes = tuple(map(str, names)) if isinstance(names, list) else ()
    return ParquetShard(path, image, label, classes if len(classes) > 1 else None)


def _image_column(schema: Any) -> str | None:
    declared = [name for name, feature in _features(schema).items() if feature.get("_type") == "Image"]
    known = [name for name in (*declared, *_IMAGE_COLUMNS) if name in schema.names]
    return next((name for name in known if _holds_bytes(schema.field(name).type)), None)


def _holds_bytes(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        return kind.get_field_index("bytes") >= 0
    return pa.types.is_binary(kind) or pa.types.is_large_binary(kind)


def _features(schema: Any) -> dict[str, dict[str, Any]]:
    """What Hugging Face wrote about the columns; empty where it wrote nothing readable."""
    try:
        features = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))["info"]["features"]
        return {name: feature for name, feature in features.items() if isinstance(feature, dict)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
