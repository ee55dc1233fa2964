"""From raw texts to a task: encoder, what is cut, what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from condenset.core.batch import Inputs
from condenset.core.errors import DataError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.labelled.assembly import Asked, Reading, expect_known_classes, labelled_task
from condenset.tasks.labelled.target_code import TargetCode
from condenset.tasks.task import Task
from condenset.tasks.text.encoding import Encoder, LatentSemantics, Reader, cut
from condenset.tasks.text.reading import Part, RawTexts
from condenset.tasks.text.word_vectors import with_word_vectors


def assemble(raw: RawTexts, asked: Asked, encoder: Path | None = None, most: int = 512) -> Task:
    """The task of texts. Raises `DataError` where they cannot be used, `RequestError` for impossible numbers.

    Args: encoder, folder of a pretrained one; None: one that is learnt from the training texts; most, bytes that are
    read of a text.
    """
    if most < 1 or not 0 <= asked.test_fraction < 1:
        raise RequestError(
            f"--text-bytes {most} and --test-fraction {asked.test_fraction:g} are impossible: expected 1 "
            "byte or more, and a share from 0 up to below 1"
        )
    _expect_classes(raw.train.labels)
    return labelled_task("text", raw, partial(_read, encoder=encoder, most=most), asked)


def _read(data: RawTexts, code: TargetCode, encoder: Path | None, most: int) -> Reading:
    texts = cut(data.train.texts, most)
    reader = Reader.of(texts, _encoder(texts, encoder))
    expect_known_classes(data, code)
    made = reader.encoder.record()
    learnt = f"{made['terms']} words and pairs of words" if "terms" in made else f"the model {made['name']}"
    return Reading(
        spec=Leaf(reader.read(texts[:1]).shape, meaning="text", native=reader.width),
        inputs=partial(_inputs, reader=reader),
        nbytes=sum(len(text.encode("utf-8")) for text in texts) // len(texts),
        told=f"texts of {data.texts}; vectors by {learnt} of {len(texts)} training texts, {len(reader.words)} words",
        dropped=dict.fromkeys(data.dropped, "neither text nor label"),
        doubts=_doubts(data.train.texts, texts, most),
        preprocessing={"kind": "text", "target": code.record(), "encoder": made, "bytes": reader.width},
        initialise=partial(with_word_vectors, reader),
        resources={"features": "the vectors", "language": reader},
    )


def _inputs(part: Part, reader: Reader) -> Inputs:
    return reader.read(part.texts)


def _encoder(texts: Sequence[str], folder: Path | None) -> Encoder:
    if folder is None:
        return LatentSemantics.of(texts)
    from condenset.tasks.text.sentence_encoder import SentenceEncoder

    return SentenceEncoder.of(folder)


def _expect_classes(labels: pd.Series) -> None:
    if labels.dtype.kind == "f" and bool((labels % 1 != 0).any()):
        raise DataError(
            f"texts are sorted into classes, and label {labels.name!r} is numbers with a fraction, such as "
            f"{labels[labels % 1 != 0].iloc[0]:g}: name a column of classes with --target (in Python target=)"
        )


def _doubts(texts: Sequence[str], read: Sequence[str], most: int) -> tuple[str, ...]:
    count = sum(long != short for long, short in zip(texts, read, strict=True))
    if not count:
        return ()
    longest = max(len(text.encode("utf-8")) for text in texts)
    return (
        f"{count} of {len(texts)} training texts are longer than {most} bytes, of which the first whole words are "
        f"read: raise it with --text-bytes (in Python text_bytes=), up to {longest}",
    )
