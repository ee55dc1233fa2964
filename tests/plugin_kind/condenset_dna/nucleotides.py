"""Nucleotides: two bits a base, so that every decoded sequence is one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int, UInt8
from torch import Tensor, nn

from condenset.codecs.bits import expect_packed, packed, packed_bytes, unpacked
from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_decodable
from condenset.codecs.straight_through import straight_through
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

BASES, _BITS = "ACGT", 2


class Nucleotides(Codec):
    """Stores packed bases (items, bytes) uint8; what is learnt is `LearntNucleotides`."""

    bases: Tensor

    def __init__(self, bases: UInt8[Tensor, "items bytes"], length: int) -> None:
        """Args: bases, as `packed` packs them; length, of a sequence."""
        super().__init__()
        self.register_buffer("bases", bases.detach().clone())
        self.length = length

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items 4 length"]:
        """Which base is at each place, all or those chosen."""
        return one_hot(unpacked(self.bases if index is None else self.bases[index], _BITS, self.length).long())

    def fields(self) -> dict[str, Any]:
        """The length of a sequence."""
        return {"length": self.length}

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of a sequence. Raises `RequestError` for other data."""
        if not isinstance(inputs, Leaf) or len(inputs.shape) != 2 or inputs.shape[0] != len(BASES):
            raise RequestError("codec nucleotides stores DNA (4, length) alone: choose raw")
        return packed_bytes(inputs.shape[1], _BITS)

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> LearntNucleotides:
        """Take examples (items, 4, length) as how likely each base is. Raises `RequestError` for other data."""
        if "bases" not in task.offers or not isinstance(inputs, Tensor):
            raise RequestError(f"codec nucleotides stores DNA and {task.name!r} is none: choose raw")
        return LearntNucleotides((inputs.clamp(min=0) + 0.1).log())  # softmax is not saturated at the start

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Nucleotides:
        """Rebuild from "bases" (items, bytes). Raises `ArtifactError`."""
        length = fields.get("length")
        if type(length) is not int or length < 1:
            raise ArtifactError(f"sequences of length {length!r:.40} are none: the card is altered")
        bases = expect_packed(tensors, "bases", length, _BITS)
        expect_decodable(len(bases) * len(BASES) * length, f"a set of {len(bases)} sequences of {length}")
        return cls(bases, length)


class LearntNucleotides(Codec):
    """Logits (items, 4, length) float32, the largest of which says the base, while they are learnt."""

    def __init__(self, data: Float[Tensor, "items 4 length"]) -> None:
        """Args: data, a logit for each base at each place."""
        super().__init__()
        self.data = nn.Parameter(data.detach().clone().float())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items 4 length"]:
        """As what is stored decodes; gradients pass to the softmax."""
        data = self.data if index is None else self.data[index]
        return straight_through(data.softmax(1), one_hot(data.argmax(1)))

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return {"length": self.data.shape[2]}

    def stored(self) -> Nucleotides:
        """The bases, packed."""
        return Nucleotides(packed(self.data.argmax(1).to(torch.uint8), _BITS), self.data.shape[2])


def one_hot(places: Int[Tensor, "n length"]) -> Float[Tensor, "n 4 length"]:
    """Which base is at each place, by its number."""
    return F.one_hot(places, len(BASES)).transpose(1, 2).float()


CODEC = Nucleotides
