"""Text generator: a language model that is learnt, with texts that it wrote at first; it stands for all it can write.

A generator is not what people keep: the finish `generated-texts` stores texts that it writes in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.assets.language_models import LanguageModelStore
from condenset.codecs.codec import Codec
from condenset.codecs.restoring import below, expect_tensor, with_parameters
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.core.texts import VOCABULARY, Texts
from condenset.nets.language_model import LanguageModel
from condenset.tasks.task import Task


class TextGenerator(Codec):
    """Stores the parameters of a language model, float32, and words (items, longest) and vectors (items, d) of texts.

    It decodes to those texts; what it is learnt by is how likely it finds texts, not what they are.
    """

    words: Tensor
    vector: Tensor

    def __init__(
        self, model: LanguageModel, words: Int[Tensor, "items longest"], vector: Float[Tensor, "items d"]
    ) -> None:
        """Args: model, the generator; words and vector, of the texts that it begins as."""
        super().__init__()
        self.model = model.requires_grad_(True)
        self.register_buffer("words", words.detach().clone().int())
        self.register_buffer("vector", vector.detach().clone().float())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Texts:
        """The texts that it began as, without letters, all or those chosen."""
        texts = Texts(self.vector, self.words, self.words.new_empty(len(self.words), 0).to(torch.uint8))
        return texts if index is None else texts.take(index)

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The language model."""
        return ("model.",)

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of the longest text of the data, as texts are stored in the end."""
        return inputs.native

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> TextGenerator:
        """Begin at the language model of the training texts. Raises `RequestError` for data without words."""
        if not isinstance(inputs, Texts) or "language" not in task.resources:
            raise RequestError(f"codec text-generator writes texts and {task.name!r} has none: choose the codec raw")
        return cls(LanguageModelStore(task).model(), inputs.words, inputs.vector)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> TextGenerator:
        """Rebuild from "words", "vector" and "model.<parameter>". Raises `ArtifactError` where they do not fit."""
        words, vector = expect_tensor(tensors, "words", 2, floating=False), expect_tensor(tensors, "vector", 2)
        shapes = {
            part: expect_tensor(tensors, f"model.{part}.weight", 2).shape for part in ("words", "groups", "write")
        }
        (ids, size), groups, width = shapes["words"], shapes["groups"][0], shapes["write"][1]
        if len(words) != len(vector) or not 0 <= int(words.min()) <= int(words.max()) < ids <= VOCABULARY:
            found = f"{len(vector)} vectors and {len(words)} texts of {ids} words"
            raise ArtifactError(f"{found} do not fit: the set is altered")
        drawn = LanguageModel(ids, groups, size, width, torch.Generator())
        return cls(with_parameters(drawn, below(tensors, "model."), "generator"), words, vector)


CODEC = TextGenerator
