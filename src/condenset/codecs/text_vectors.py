"""Text vectors: the vectors that an encoder makes of texts, which can be learnt; no text belongs to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.spec import Leaf
from condenset.core.texts import Texts
from condenset.tasks.task import Task


class TextVectors(Codec):
    """Stores vectors (items, d) float32, for whoever has the encoder. What reads words learns nothing from them."""

    def __init__(self, data: Float[Tensor, "items d"]) -> None:
        """Args: data, the vectors."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Texts:
        """Vectors without a text, all or those chosen."""
        data = self.data if index is None else self.data[index]
        return Texts.of_vectors(data, tuple(data.shape[1:]))

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of a vector."""
        return inputs.nbytes

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> TextVectors:
        """Store the vectors (items, d) of texts. Raises `RequestError` for other data."""
        if not isinstance(inputs, Texts):
            raise RequestError(f"codec text-vectors stores vectors of texts and {task.name!r} has none: choose raw")
        return cls(inputs.vector)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> TextVectors:
        """Rebuild from the tensor "data" (items, d). Raises `ArtifactError`."""
        return cls(expect_tensor(tensors, "data", 2))


CODEC = TextVectors
