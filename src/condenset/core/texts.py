"""Texts as the inputs of one batch: the vector that an encoder makes of each, its words, and the text itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Num, UInt8
from torch import Tensor

from condenset.core.structure import Container, pytree_node

VOCABULARY = 5_000  # ids of words: 0 fills up, 1 is any word that is not among the others


@runtime_checkable
class WordTable(Protocol):
    """A network's vectors of words."""

    def __call__(self, words: Tensor) -> Tensor:
        """The vector at each place of words (n, longest), or of weights of words: (n, longest, size)."""

    def there(self, words: Tensor) -> Tensor:
        """Which places hold a word, (n, longest)."""


@pytree_node("vector", "words", "letters")
@dataclass(frozen=True)
class Texts(Container):
    """What networks learn from is the vector, or the words. What was learnt as a vector has no words and no text.

    Attributes:
        vector: (n, d) float, by a frozen encoder.
        words: (n, longest) int32 ids below `VOCABULARY`, filled up with 0; or (n, longest, ids) float, what each id
            weighs at a place, where words are learnt.
        letters: (n, bytes) uint8, the text in UTF-8, filled up with 0.
    """

    vector: Float[Tensor, "*n d"]
    words: Num[Tensor, "*n longest"] | Float[Tensor, "*n longest ids"]
    letters: Num[Tensor, "*n bytes"]
    meaning: ClassVar[str] = "text"

    def __len__(self) -> int:
        return len(self.vector)

    @property
    def numbers(self) -> Float[Tensor, "n d"]:
        """The vectors (n, d)."""
        return self.vector

    @property
    def readable(self) -> bool:
        """Whether there are texts, not vectors alone."""
        return bool(self.letters.any())

    @property
    def cut(self) -> Num[Tensor, "n longest"]:
        """The words as far as the longest of these texts goes, one place at least."""
        return self.words[:, : max(1, int((self.words > 0).sum(1).max()))]

    def strings(self) -> list[str]:
        """The texts, "" for a vector alone."""
        return [bytes(row.tolist()).rstrip(b"\0").decode("utf-8", "replace") for row in self.letters.cpu()]

    def joined(self, others: Sequence[Texts]) -> Texts:
        """These texts and the others', one after another, filled up to the longest."""
        parts = [self, *others]
        return Texts(
            torch.cat([part.vector for part in parts]),
            _filled([part.words for part in parts]),
            _filled([part.letters for part in parts]),
        )

    @classmethod
    def of_vectors(cls, vectors: Float[Tensor, "n d"], shape: tuple[int, ...]) -> Texts:
        """Texts that are vectors (n, d) alone, without words."""
        nothing = vectors.new_empty(len(vectors), 0)
        return Texts(vectors, nothing.to(torch.int32), nothing.to(torch.uint8))

    def read_by(self, table: WordTable) -> tuple[Float[Tensor, "n longest size"], Bool[Tensor, "n longest"]]:
        """What a network's table of words reads at each place (n, longest, size), and which places hold a word."""
        return table(self.words), table.there(self.words)

    def penalties(self, attention: Sequence[Float[Tensor, "n heads tokens tokens"]]) -> tuple[Float[Tensor, " n"], ...]:
        """What texts ask of a network besides their labels, by its attention in each layer; of real ones nothing."""
        return ()

    def double(self) -> Texts:
        """The same, with vectors in float64."""
        return replace(self, vector=self.vector.double())

    def vectors(self) -> Float[Tensor, "n d"]:
        """The vectors (n, d)."""
        return self.vector


def letters_of(texts: Sequence[str], width: int) -> UInt8[Tensor, "n width"]:
    """Texts of at most so many bytes each in UTF-8, filled up with 0: (texts, width)."""
    content = b"".join(text.encode("utf-8").ljust(width, b"\0") for text in texts)
    return torch.frombuffer(bytearray(content), dtype=torch.uint8).view(len(texts), width)


def _filled(parts: Sequence[Tensor]) -> Tensor:
    width = max(part.shape[1] for part in parts)
    return torch.cat([F.pad(part, (0, width - part.shape[1])) for part in parts])
