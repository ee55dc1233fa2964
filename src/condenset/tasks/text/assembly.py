"""From raw texts to a task: split, encoder, target."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.footprint import footprint, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.labelled.split import held_out_part
from condenset.tasks.labelled.target_code import TargetCode, code_target
from condenset.tasks.recognised import NO_VALIDATION, Recognised
from condenset.tasks.task import MODALITIES, Task
from condenset.tasks.text.encoding import Encoder, LatentSemantics, Reader, cut
from condenset.tasks.text.reading import Part, RawTexts
from condenset.tasks.text.word_vectors import with_word_vectors


@dataclass(frozen=True)
class Request:
    """What is asked of the texts.

    Attributes:
        seed, test_fraction: of the split into training and test texts, where there are no test texts.
        encoder: folder of a pretrained one; None: one that is learnt from the training texts.
        most: bytes that are read of a text.
        source: JSON-able arguments that open the task again.
    """

    seed: int = 0
    test_fraction: float = 0.2
    encoder: Path | None = None
    most: int = 512
    source: dict[str, Any] | None = None


def assemble(raw: RawTexts, request: Request) -> Task:
    """The task of texts. Raises `DataError` where they cannot be used, `RequestError` for impossible numbers."""
    if request.most < 1 or not 0 <= request.test_fraction < 1:
        raise RequestError(
            f"--text-bytes {request.most} and --test-fraction {request.test_fraction:g} are impossible: expected 1 "
            "byte or more, and a share from 0 up to below 1"
        )
    _expect_classes(raw.train.labels)
    train, test, tested = held_out_part(raw.train, raw.test, request.test_fraction, request.seed, "texts")
    code = code_target(train.labels, "classification")
    texts = cut(train.texts, request.most)
    reader = Reader.of(texts, _encoder(texts, request))
    view = InMemoryView(_batch(Part(tuple(texts), train.labels), reader, code), len(code.groups))
    for part in filter(None, (test, raw.validation)):
        code.encode(part.labels)  # a class that no training text has is said at once
    doubts = _doubts(train.texts, texts, request.most)
    example = sum(len(text.encode("utf-8")) for text in texts) // len(texts) + code.nbytes
    task = Task(
        name=raw.name,
        modality=MODALITIES.get("text"),
        input_spec=Leaf(view.batch.inputs.shape, meaning="text", native=reader.width),
        target=code.counted(view.counts()),
        groups=code.groups,
        train=view,
        held_out=partial(_held_out, test, reader, code, raw.name),
        preprocessing={
            "kind": "text", "target": code.record(), "encoder": reader.encoder.record(), "bytes": reader.width,
        },
        fingerprint={"rows": len(train), "sha256": raw.sha256},
        source=request.source or {},
        footprint=footprint(share(raw.files, len(train), len(raw.train)), len(train), example),
        recognised=_recognised(raw, code, reader, len(train), tested, doubts),
        furnish=partial(with_word_vectors, reader),
        more={"features": "the vectors", "language": reader},
    )  # fmt: skip
    if raw.validation is None:
        return task
    return replace(task, validation=_batch(raw.validation, reader, code))


def _encoder(texts: Sequence[str], request: Request) -> Encoder:
    if request.encoder is None:
        return LatentSemantics.of(texts)
    from condenset.tasks.text.sentence_encoder import SentenceEncoder

    return SentenceEncoder.of(request.encoder)


def _expect_classes(labels: pd.Series) -> None:
    if labels.dtype.kind == "f" and bool((labels % 1 != 0).any()):
        raise DataError(
            f"texts are sorted into classes, and label {labels.name!r} is numbers with a fraction, such as "
            f"{labels[labels % 1 != 0].iloc[0]:g}: name a column of classes with --target (in Python target=)"
        )


def _batch(part: Part, reader: Reader, code: TargetCode) -> Batch:
    targets = code.encode(part.labels)
    return Batch(reader.read(part.texts), targets, code.groups.of(targets), torch.ones(len(part)))


def _held_out(test: Part | None, reader: Reader, code: TargetCode, name: str) -> Batch:
    if test is None:
        raise DataError(f"{name} has no test texts: open it with a --test-fraction above 0, or with --test-path")
    return _batch(test, reader, code)


def _doubts(texts: Sequence[str], read: Sequence[str], most: int) -> tuple[str, ...]:
    """What was cut, which is warned of, too."""
    count = sum(long != short for long, short in zip(texts, read, strict=True))
    if not count:
        return ()
    longest = max(len(text.encode("utf-8")) for text in texts)
    doubt = (
        f"{count} of {len(texts)} training texts are longer than {most} bytes, of which the first whole words are "
        f"read: raise it with --text-bytes (in Python text_bytes=), up to {longest}"
    )
    warnings.warn(doubt, stacklevel=2)
    return (doubt,)


def _recognised(
    raw: RawTexts, code: TargetCode, reader: Reader, count: int, tested: str, doubts: tuple[str, ...]
) -> Recognised:
    encoder = reader.encoder.record()
    learnt = f"{encoder['terms']} words and pairs of words" if "terms" in encoder else f"the model {encoder['name']}"
    return Recognised(
        target=f"{code.name}, {raw.why[1]}: {code.target.describe()}",
        inputs=f"texts of {raw.why[0]}; vectors by {learnt} of {count} training texts, {len(reader.words)} words",
        dropped=dict.fromkeys(raw.dropped, "neither text nor label"),
        test=tested,
        validation=f"{len(raw.validation)} texts of their own" if raw.validation else NO_VALIDATION,
        doubts=doubts,
    )
