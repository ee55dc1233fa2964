"""Opens texts with labels as a task: a known name, a file, or an object in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.core.errors import RequestError
from condenset.tasks.missing import not_there
from condenset.tasks.objects import as_array, is_frame
from condenset.tasks.option import said
from condenset.tasks.task import Task

if TYPE_CHECKING:
    from condenset.tasks.text.reading import RawTexts

_KNOWN_SHARE = 0.2


def open_text(
    source: str | Path,
    *,
    text_column: Sequence[str] = (),
    target: str | None = None,
    encoder: str | Path | None = None,
    text_bytes: int = 512,
    seed: int = 0,
    test_fraction: float | None = None,
    test_path: str | Path | None = None,
) -> Task:
    """Texts to sort into classes, as a task.

    Args:
        source: a known name ("sst2"); the path of a CSV, TSV, JSONL or Parquet file with a column of texts and one of
            labels; or a folder with Parquet files of the splits train and perhaps test.
        text_column: columns of the text, joined by a blank; empty: those of many words that mostly differ.
        target: column of the label; None: one called label, target, class and the like, or the only other one.
        encoder: folder of a sentence-transformers model that makes the vectors; None: latent semantic analysis of the
            training texts.
        text_bytes: bytes that are read of a text, its first whole words.
        seed: of the stratified split where the data define no test texts.
        test_fraction: share of the texts held out there, in [0, 1); None: 0.2, or the custom of known texts.
        test_path: a second file, with the test texts; None: the split `test` (or `validation`) of a folder.

    Raises:
        RequestError: there are no such data; the message names the nearest.
        DataError: the data cannot be used as they are; the message says what to change.
    """
    from condenset.tasks.labelled.assembly import Asked
    from condenset.tasks.text.assembly import assemble
    from condenset.tasks.text.datasets import customary_share, known

    columns = (text_column,) if isinstance(text_column, str) else tuple(text_column)
    fraction = test_fraction
    if fraction is None:
        fraction = customary_share(str(source)) if str(source) in known() else _KNOWN_SHARE
    arguments = said(source=source, text_column=list(columns), text_bytes=text_bytes, seed=seed, test_fraction=fraction)
    arguments |= said(target=target, encoder=encoder, test_path=test_path)
    raw = _read(str(source), columns, target, None if test_path is None else Path(test_path))
    folder = None if encoder is None else Path(encoder)
    return assemble(raw, Asked(seed, fraction, arguments), folder, text_bytes)


def text_from_object(
    thing: Any,
    *,
    text_column: Sequence[str] = (),
    target: str | None = None,
    encoder: str | Path | None = None,
    text_bytes: int = 512,
    seed: int = 0,
    test_fraction: float = 0.2,
    name: str = "texts",
) -> Task:
    """The task in an object; its source is empty, since only the object can open it again.

    Args: thing, a pandas DataFrame with columns of texts and labels, or a pair (texts, labels), which has no columns to
    name; name, of the task; the rest as for `open_text`.
    """
    from condenset.tasks.labelled.assembly import Asked
    from condenset.tasks.text.assembly import assemble
    from condenset.tasks.text.reading import texts_of_frame

    columns = (text_column,) if isinstance(text_column, str) else tuple(text_column)
    if is_frame(thing):
        raw = texts_of_frame(thing, name, columns, target)
    elif columns or target:
        raise RequestError("(texts, labels) has no columns: leave text_column and target out, or give a DataFrame")
    else:
        raw = _of_pair(thing, name)
    folder = None if encoder is None else Path(encoder)
    return assemble(raw, Asked(seed, test_fraction), folder, text_bytes)


def _read(source: str, columns: Sequence[str], target: str | None, test: Path | None) -> RawTexts:
    from condenset.tasks.text.datasets import known, read_known
    from condenset.tasks.text.reading import read_texts

    if source in known():
        if columns or target or test:
            raise RequestError(f"{source} says its text, its label and its test: leave those options out")
        return read_known(source)
    if Path(source).suffix or Path(source).exists():
        return read_texts(Path(source), columns, target, test)
    raise not_there("texts", source, known())


def _of_pair(thing: Any, name: str) -> RawTexts:
    import pandas as pd

    from condenset.tasks.text.reading import texts_of_frame

    texts, labels = list(thing[0]), thing[1]
    values = labels if isinstance(labels, pd.Series) else as_array(labels).reshape(-1)
    if len(values) != len(texts):
        raise RequestError(f"{len(texts)} texts and {len(values)} labels: give every text one")
    label = str(getattr(labels, "name", None) or "label")
    frame = pd.DataFrame({"text": texts, label: pd.Series(values).reset_index(drop=True)})
    raw = texts_of_frame(frame, name, ("text",), label)
    return replace(raw, texts="as given", why="given beside the texts")
