"""Sentences: real texts are stored as people read them, in UTF-8."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.core.texts import VOCABULARY, Texts
from condenset.tasks.task import Task


class Sentences(Codec):
    """Stores texts (items, bytes) uint8, each filled up with 0 to the longest of the data, so that all cost the same.

    What the encoder of the data made of them, their vectors and the numbers of their words, follows from them and the
    data; it is noted in the card, not counted as data, so that a set opens alone. Nothing is learnt.
    """

    text: Tensor
    vector: Tensor
    words: Tensor

    def __init__(self, texts: Texts) -> None:
        """Args: texts, which have letters."""
        super().__init__()
        self.register_buffer("text", texts.letters.detach().clone())
        self.register_buffer("vector", texts.vector.detach().clone().float(), persistent=False)
        self.register_buffer("words", texts.words.detach().clone(), persistent=False)

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Texts:
        """The texts, all or those chosen."""
        texts = Texts(self.vector, self.words, self.text)
        return texts if index is None else texts.take(index)

    def fields(self) -> dict[str, Any]:
        """What the encoder made of the texts, of little-endian numbers in base 64."""
        return {"vector": _written(self.vector, "<f4"), "words": _written(self.words, "<i4")}

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of the longest text of the data."""
        return inputs.native

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> Sentences:
        """Store texts, vectors (items, d) and all.

        Raises `RequestError` for other data, and for vectors that no text belongs to.
        """
        if not isinstance(inputs, Texts):
            raise RequestError(f"codec sentences stores texts and {task.name!r} has none: choose the codec raw")
        if not inputs.readable:
            raise RequestError(
                "codec sentences stores real texts and these are vectors without one: choose the codec text-vectors, "
                "and --set finish=nearest for the real texts that are nearest"
            )
        return cls(inputs)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Sentences:
        """Rebuild from the tensor "text" (items, bytes) and the fields. Raises `ArtifactError` where they differ."""
        text = expect_tensor(tensors, "text", 2, floating=False)
        if text.dtype != torch.uint8:
            raise ArtifactError(f"tensor 'text' is {text.dtype}: expected bytes, uint8")
        vector, words = (_read(fields[name], kind, len(text)) for name, kind in (("vector", "<f4"), ("words", "<i4")))
        if not bool(torch.isfinite(vector).all()) or int(words.min()) < 0 or int(words.max()) >= VOCABULARY:
            raise ArtifactError(
                f"the card's vectors are not finite, or words are not below {VOCABULARY}: it is altered"
            )
        return cls(Texts(vector, words, text))


def _written(values: Tensor, kind: str) -> str:
    return b64encode(values.cpu().numpy().astype(kind).tobytes()).decode("ascii")


def _read(text: str, kind: str, items: int) -> Tensor:
    """Numbers (items, ...) as `_written`."""
    values = np.frombuffer(b64decode(text, validate=True), kind)
    if len(values) == 0 or len(values) % items:
        raise ArtifactError(f"{len(values)} numbers in the card do not fit {items} texts: the set is inconsistent")
    return torch.from_numpy(values.reshape(items, -1).astype(kind[1:]))


CODEC = Sentences
