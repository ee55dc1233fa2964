"""Texts with labels from files: CSV, TSV, JSONL and Parquet, with an error for what no texts can be made of."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from condenset.core.errors import DataError
from condenset.tasks.footprint import bytes_on_disk
from condenset.tasks.labelled.assembly import TEST_OF_FILE, LabelledData
from condenset.tasks.reading.csv_file import content_of
from condenset.tasks.reading.shards import test_files, train_files
from condenset.tasks.reading.table_file import checked, frame_hash, joint_digest, read_file
from condenset.tasks.text.columns import Chosen, choose

JSONL = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Part:
    """Texts (n,), blanks made one and none at the ends, and their labels (n,), as they were written."""

    texts: tuple[str, ...]
    labels: pd.Series

    def __len__(self) -> int:
        return len(self.texts)

    def at(self, index: Any) -> Part:
        """Those at these places (chosen,)."""
        labels = self.labels.iloc[index].reset_index(drop=True)
        return Part(tuple(self.texts[place] for place in index), labels)


@dataclass(frozen=True)
class RawTexts(LabelledData):
    """Texts before anything is decided about them.

    Attributes:
        untested: as of `LabelledData`.
        texts: what was taken for the text, in words.
        dropped: columns that are neither text nor label.
    """

    untested: str = TEST_OF_FILE
    texts: str = "as given"
    dropped: tuple[str, ...] = ()


def read_texts(path: Path, texts: Sequence[str], label: str | None, test: Path | None) -> RawTexts:
    """Texts in a file, or in the Parquet files of a folder with the splits train and perhaps test.

    Args: texts, label, columns as of `choose`; test, a second file.
    Raises `DataError` for what is absent, broken or no texts, `UnknownNameError` for a column.
    """
    files = train_files(path) if path.exists() else [path]
    tests = test_files(path) if test is None else [test]
    if not files:
        raise DataError(f"{path} holds no Parquet files to train on: give a file, or a folder with train.parquet")
    frame, digest = _joint(files)
    chosen = choose(frame, path.name, texts, label)
    raw = raw_texts(frame, chosen, path.stem if path.is_file() else path.resolve().name, digest, path.name)
    others = part_of(_joint(tests)[0], chosen, tests[0].name) if tests else None
    return replace(raw, test=others, files=bytes_on_disk(files))


def texts_of_frame(frame: pd.DataFrame, name: str, texts: Sequence[str], label: str | None) -> RawTexts:
    """Texts in a table in memory. Arguments and errors as of `read_texts`; name, of the task and in messages."""
    frame = checked(frame, name)
    return raw_texts(frame, choose(frame, name, texts, label), name, frame_hash(frame), name)


def raw_texts(frame: pd.DataFrame, chosen: Chosen, name: str, digest: str, called: str) -> RawTexts:
    """Texts of the chosen columns. Args: digest, of the content; called, what messages call it."""
    texts = f"{' and '.join(chosen.texts)}, {chosen.why_texts}"
    train = part_of(frame, chosen, called)
    return RawTexts(name, train, digest, why=chosen.why_label, texts=texts, dropped=chosen.others)


def part_of(frame: pd.DataFrame, chosen: Chosen, called: str) -> Part:
    """Texts and labels of a table. Raises `DataError` for a column that it lacks, empty texts and missing labels."""
    absent = [name for name in (*chosen.texts, chosen.label) if name not in frame.columns]
    if absent:
        raise DataError(f"{called} lacks columns {absent} that the training texts have: give both the same columns")
    columns = [frame[name].astype(object).where(frame[name].notna(), "").astype(str) for name in chosen.texts]
    joined = [" ".join(" ".join(cells).split()) for cells in zip(*columns, strict=True)]
    return checked_part(Part(tuple(joined), frame[chosen.label].reset_index(drop=True)), called)


def checked_part(part: Part, called: str) -> Part:
    """The same. Raises `DataError` for empty texts and missing labels."""
    empty = [row for row, text in enumerate(part.texts) if not text]
    if empty:
        raise DataError(
            f"{len(empty)} of {len(part)} texts of {called} are empty, the first in row {empty[0] + 1}: remove those "
            "rows, or fill them"
        )
    gaps = part.labels.isna().to_numpy()
    if gaps.any():
        raise DataError(
            f"label {part.labels.name!r} of {called} is missing in {int(gaps.sum())} of {len(part)} rows, the first is "
            f"row {int(gaps.argmax()) + 1}: remove those rows, or fill them"
        )
    return part


def read_frame(path: Path) -> tuple[pd.DataFrame, str]:
    """A CSV, TSV, JSONL or Parquet file and the SHA-256 of its bytes. Raises `DataError`."""
    if path.suffix.lower() not in JSONL:
        return read_file(path)
    content = content_of(path, "JSONL, CSV, TSV or Parquet file", "an object in every line")
    return checked(json_lines(content, path.name), path.name), hashlib.sha256(content).hexdigest()


def json_lines(content: bytes, name: str) -> pd.DataFrame:
    """A table of the objects that lines hold. Raises `DataError` for what is none."""
    try:
        return pd.read_json(io.BytesIO(content), lines=True, dtype=False)
    except (ValueError, AttributeError) as error:
        raise DataError(f"{name} cannot be read: {error}; expected an object in every line, in UTF-8") from error


def _joint(files: Sequence[Path]) -> tuple[pd.DataFrame, str]:
    frames, digests = zip(*(read_frame(file) for file in files), strict=True)
    return pd.concat(frames, ignore_index=True), joint_digest(digests)
