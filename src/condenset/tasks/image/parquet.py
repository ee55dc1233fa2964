"""Parquet files in the Hugging Face image layout: a column of {bytes, path} structures beside a label column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import UInt8

from condenset.core.errors import DataError
from condenset.tasks.image.arrays import as_labels
from condenset.tasks.image.cache import cached_array, content_key
from condenset.tasks.image.decoding import Encoded, Format, common_format, decode
from condenset.tasks.image.examples import Examples, ImageData, as_classes, as_indices

_IMAGE_COLUMNS = ("image", "img", "images", "picture", "pixels")
_LABEL_COLUMNS = ("label", "labels", "fine_label", "target", "class")
_TEST_SPLITS = ("test", "validation", "valid", "val")


def split_files(folder: Path, split: str) -> list[Path]:
    """Sorted files of one split: `train-*.parquet` directly in the folder or in its `data`, or `train/*.parquet`."""
    patterns = (f"{split}-*.parquet", f"{split}.parquet", f"data/{split}-*.parquet", f"{split}/*.parquet")
    return next((found for pattern in patterns if (found := sorted(folder.glob(pattern)))), [])


def looks_like_parquet_images(path: Path) -> bool:
    """Whether the first Parquet file at a path has a column that is named or declared as images."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = [path] if path.is_file() else split_files(path, "train")
    try:
        return bool(files) and _image_column(pq.read_schema(files[0])) is not None
    except (pa.ArrowException, OSError):
        return False


def read_parquet(
    path: Path, size: int | None, skip_unreadable: bool, classes: Sequence[str] | None = None
) -> ImageData:
    """A dataset folder, or a single file without a test split of its own.

    Args: size, as in `common_format`; classes, names by index, else those of the file's Hugging Face features, else
    the label values. The test split is `test-*`, else `validation-*`. Decoded pixels are cached by file content.
    Raises `DataError` for missing files or columns, rows without image bytes, and (unless skipped) broken images.
    """
    files = [path] if path.is_file() else split_files(path, "train")
    if not files:
        raise DataError(f"{path} holds no train-*.parquet, nor does its folder data: expected a Hugging Face dataset")
    table = _Table(files)
    raw = as_labels(table.labels(), table.rows, f"{path}: {table.label}")
    names = as_classes(raw, classes or table.class_names(), f"{path}: {table.label}")
    train, form = table.examples(size, None, names, skip_unreadable)
    tests = [] if path.is_file() else next((f for s in _TEST_SPLITS if (f := split_files(path, s))), [])
    test = partial(_held_out, tests, size, form, names, skip_unreadable)
    skipped = table.rows - len(train.labels)
    name = path.stem if path.is_file() else path.resolve().name
    return ImageData(name, names, train, test if tests else None, skipped=skipped)


def _held_out(
    files: list[Path], size: int | None, form: Format, classes: tuple[str, ...], skip: bool
) -> Examples:
    return _Table(files).examples(size, form, classes, skip)[0]


class _Table:
    """The Parquet files of one split: labels are read at once, image bytes only when they are decoded."""

    def __init__(self, files: list[Path]) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.files = files
        try:
            self.schema = pq.read_schema(files[0])
            self.rows = sum(pq.read_metadata(file).num_rows for file in files)
        except (pa.ArrowException, OSError) as error:
            raise DataError(f"{files[0]} cannot be read as Parquet ({error})") from error
        columns = self.schema.names
        image = _image_column(self.schema)
        label = next((name for name in _LABEL_COLUMNS if name in columns), None)
        if image is None or label is None or self.rows == 0:
            raise DataError(
                f"{files[0]} has columns {columns} and {self.rows} rows: expected rows with images "
                f"({', '.join(_IMAGE_COLUMNS)}) and labels ({', '.join(_LABEL_COLUMNS)})"
            )
        self.image, self.label = image, label

    def labels(self) -> np.ndarray:
        values = np.concatenate([np.asarray(column) for column in self._columns(self.label)])
        return values.astype(str) if values.dtype.kind == "O" else values

    def class_names(self) -> list[str] | None:
        names = _features(self.schema).get(self.label, {}).get("names")
        return [str(name) for name in names] if isinstance(names, list) else None

    def examples(
        self, size: int | None, form: Format | None, classes: tuple[str, ...], skip: bool
    ) -> tuple[Examples, Format]:
        """The split decoded to `form`, or to the format that suits it, which is returned as well."""
        kept = np.arange(self.rows)

        def make() -> UInt8[np.ndarray, "n height width channels"]:
            nonlocal kept
            items = self._items()
            pixels, kept = decode(items, form or common_format(items, size, skip), skip)
            return pixels

        pixels = cached_array(content_key(self.files, "decoded", size, form), self.rows, make)
        where = f"{self.files[0]}: {self.label}"
        labels = as_indices(as_labels(self.labels(), self.rows, where), classes, where)
        return Examples(pixels, labels[kept]), Format(*pixels.shape[1:])

    def _columns(self, name: str) -> list[Any]:
        import pyarrow.parquet as pq

        return [pq.read_table(file, columns=[name]).column(name) for file in self.files]

    def _items(self) -> list[Encoded]:
        import pyarrow as pa
        import pyarrow.compute as pc

        items = []
        for file, column in zip(self.files, self._columns(self.image), strict=True):
            values = pc.struct_field(column, "bytes") if pa.types.is_struct(column.type) else column
            items += [Encoded(f"{file}, row {row}", content or b"") for row, content in enumerate(values.to_pylist())]
        return items


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
