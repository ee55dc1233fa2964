"""Soft words: what every word weighs at each place of a text, so that texts can be learnt, and the text that is meant.

Weights are not what people keep: the finish `readable-texts` stores the texts in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.core.texts import VOCABULARY, Texts
from condenset.tasks.task import Task


class SoftWords(Codec):
    """Stores weights (items, longest, ids) float32, and how the method of multipliers (Boyd et al., Foundations and
    Trends in Machine Learning 2011) has come to them.

    Networks that read words take the mean of the words' vectors by their weights. A text keeps its length.

    Attributes:
        data: the weights, 1 for the word of a real text.
        text: (items, longest) int32, the text that the weights are to become, as long as the longest of them.
        dual: (items, longest, ids) float32, the scaled multipliers: by how much they missed it, summed over all rounds.
        vector: (items, d) float32, the vectors of the texts that it began as.
    """

    text: Tensor
    dual: Tensor
    vector: Tensor

    def __init__(
        self,
        data: Float[Tensor, "items longest ids"],
        text: Int[Tensor, "items longest"],
        dual: Float[Tensor, "items longest ids"],
        vector: Float[Tensor, "items d"],
        places: int,
    ) -> None:
        """Args: as the attributes; places, words that networks read of a text, to which texts are filled up."""
        super().__init__()
        self._places = places
        self.data = nn.Parameter(data.detach().clone().float())
        for name, value in {"text": text.int(), "dual": dual.float(), "vector": vector.float()}.items():
            self.register_buffer(name, value.detach().clone())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Texts:
        """Texts of soft words without letters, all or those chosen."""
        chosen: Any = slice(None) if index is None else index
        there = (self.text[chosen] > 0)[..., None]
        letters = self.text.new_empty(len(there), 0).to(torch.uint8)
        words = F.pad(self.data[chosen] * there, (0, 0, 0, self._places - self.text.shape[1]))
        return Texts(self.vector[chosen], words, letters)

    def missed(self) -> Float[Tensor, "items longest ids"]:
        """By how much the weights miss the text, 0 where it has no word."""
        return (self.data - self.rounded()) * (self.text > 0)[..., None]

    def rounded(self) -> Float[Tensor, "items longest ids"]:
        """The text as weights, 1 for the word at each place."""
        return F.one_hot(self.text.long(), self.data.shape[2]).to(self.data)

    def fields(self) -> dict[str, Any]:
        """Words that networks read of a text."""
        return {"places": self._places}

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of the longest text of the data, as it is stored in the end."""
        return inputs.native

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> SoftWords:
        """Begin at texts: each word weighs 1. Raises `RequestError` for other data, and for vectors without words."""
        if not isinstance(inputs, Texts):
            raise RequestError(f"codec soft-words stores words of texts and {task.name!r} has none: choose raw")
        if inputs.words.shape[1] == 0:
            raise RequestError("codec soft-words stores words and these are vectors without a text: begin at texts")
        text = inputs.cut
        data = F.one_hot(text.long(), task.resources["language"].vocabulary).float()
        return cls(data, text, torch.zeros_like(data), inputs.vector, inputs.words.shape[1])

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> SoftWords:
        """Rebuild from "data", "dual", "text" and "vector". Raises `ArtifactError` where they do not fit each other."""
        data, dual = expect_tensor(tensors, "data", 3), expect_tensor(tensors, "dual", 3)
        text, vector = expect_tensor(tensors, "text", 2, floating=False), expect_tensor(tensors, "vector", 2)
        ids, places = data.shape[2], int(fields["places"])
        fits = data.shape == dual.shape == (*text.shape, ids) and len(vector) == len(text) and ids <= VOCABULARY
        fits = fits and places >= text.shape[1]
        if not fits or int(text.min()) < 0 or int(text.max()) >= ids:
            shapes = f"weights {tuple(data.shape)} and multipliers {tuple(dual.shape)}"
            raise ArtifactError(f"{shapes} are not those of {tuple(text.shape)} words below {ids}: it is inconsistent")
        expect_decodable(3 * len(text) * places * ids, f"{len(text)} texts of soft words")
        return cls(data, text, dual, vector, places)


CODEC = SoftWords
