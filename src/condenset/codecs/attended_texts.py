"""Attended texts: a word vector for each place of a text, and where the heads of a transformer are to look.

A set of them is for one network: the vectors are as its table of words gives them, and the attention is that of its
layers and heads. No text belongs to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_tensor
from condenset.core.attended_texts import AttendedTexts
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.core.texts import Texts
from condenset.tasks.task import Task


class AttendedWords(Codec):
    """Stores vectors (items, places, size) and logits (items, layers, heads, queries, 1 + places), float32 both."""

    def __init__(
        self,
        data: Float[Tensor, "items places size"],
        attention: Float[Tensor, "items layers heads queries tokens"],
        pull: float,
    ) -> None:
        """Args: data, the vectors; attention, the logits; pull, what a missed attention costs beside a missed label."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())
        self.attention = nn.Parameter(attention.detach().clone().float())
        self._pull = pull

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> AttendedTexts:
        """Texts without words, all or those chosen."""
        chosen: Any = slice(None) if index is None else index
        return AttendedTexts.of(self.data[chosen], self.attention[chosen], self._pull)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Two groups: "data", the vectors, and "attention", the logits."""
        return {"data": [self.data], "attention": [self.attention]}

    def fields(self) -> dict[str, Any]:
        """What a missed attention costs."""
        return {"pull": self._pull}

    @staticmethod
    def item_bytes(
        inputs: Leaf, places: int = 16, layers: int = 1, heads: int = 4, queries: int = 1, pull: float = 1.0
    ) -> int:
        """Of the vectors, each as large as one of a text, and of the logits."""
        return places * inputs.nbytes + 4 * layers * heads * queries * (1 + places)

    @classmethod
    def encode(
        cls,
        inputs: Inputs,
        task: Task,
        places: int = 16,
        layers: int = 1,
        heads: int = 4,
        queries: int = 1,
        pull: float = 1.0,
    ) -> AttendedWords:
        """Begin at the words of texts, again and again until the places are full, and at even attention; or at what
        such a set holds, as it is.

        Args: places, words of an item; layers, heads, of the network; queries, whose attention is learnt: 1 is that of
        the token that is classified; pull, what a missed attention costs beside a missed label.
        Raises `RequestError` for other data, vectors without words, and numbers that are impossible.
        """
        if not isinstance(inputs, Texts):
            raise RequestError(f"codec attended-texts stores words of texts and {task.name!r} has none: choose raw")
        if isinstance(inputs, AttendedTexts):
            return cls(inputs.places, inputs.guide, inputs.pull)
        if inputs.words.shape[1] == 0:
            raise RequestError("codec attended-texts begins at words and these are vectors without: begin at texts")
        if min(places, layers, heads) < 1 or not 1 <= queries <= 1 + places or pull < 0:
            raise RequestError(
                f"places={places}, layers={layers}, heads={heads}, queries={queries} and pull={pull:g} are impossible: "
                "expected 1 or more of each, no more queries than places and one, and a pull of 0 or more"
            )
        vectors: Tensor = task.resources["language"].word_vectors.to(inputs.vector)
        data = vectors[torch.stack([_repeated(row, places) for row in inputs.words]).long()]
        return cls(data, data.new_zeros(len(data), layers, heads, queries, 1 + places), pull)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> AttendedWords:
        """Rebuild from "data" and "attention". Raises `ArtifactError` where they do not fit each other."""
        data, attention = expect_tensor(tensors, "data", 3), expect_tensor(tensors, "attention", 5)
        items, places, _ = data.shape
        if len(attention) != items or attention.shape[4] != 1 + places or attention.shape[3] > 1 + places:
            shapes = f"attention {tuple(attention.shape)} and words {tuple(data.shape)}"
            raise ArtifactError(f"{shapes} are not of the same texts: it is inconsistent")
        return cls(data, attention, float(fields["pull"]))


def _repeated(words: Int[Tensor, " longest"], places: int) -> Int[Tensor, " places"]:
    """A text's words, or the unknown one where it has none, as often as it takes to fill the places."""
    own = words[words > 0]
    own = own if len(own) else own.new_ones(1)
    return own.repeat(-(-places // len(own)))[:places]


CODEC = AttendedWords
