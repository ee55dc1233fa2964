"""From texts to what networks read: a vector by latent semantic analysis, and the numbers of the words.

Everything is learnt from training texts alone and without their labels, and then frozen.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float, Int, Int32
from torch import Tensor

from condenset.core.errors import DataError
from condenset.core.texts import VOCABULARY, Texts, letters_of

WORD = r"\w+(?:'\w+)?|[!?]"  # "n't" is one; marks that tell a mood are, too
_SIZE = 128  # of a vector, at most: 256 gained a point on all of SST-2 and nothing on ten sentences of a class
_TERMS = 50_000  # words and pairs of words, the most frequent ones
_UNKNOWN, _FIRST = 1, 2  # ids of words


@runtime_checkable
class Encoder(Protocol):
    """What makes vectors (texts, d) of texts, frozen."""

    def vectors(self, texts: Sequence[str]) -> Float[np.ndarray, "n d"]:
        """(texts, d) of unit length, float32; 0 for a text that holds nothing known."""

    def record(self) -> dict[str, Any]:
        """What it is and its SHA-256, JSON-able."""


@dataclass(frozen=True)
class LatentSemantics:
    """TF-IDF of words and pairs of words, projected to the first singular vectors of the training texts (Deerwester et
    al., Indexing by Latent Semantic Analysis, JASIS 1990).

    Attributes:
        weigh: scikit-learn's fitted TF-IDF.
        components: the singular vectors (d, terms), float32.
    """

    weigh: Any
    components: Float[np.ndarray, "d terms"]

    @classmethod
    def of(cls, texts: Sequence[str]) -> LatentSemantics:
        """Fitted to training texts. Raises `DataError` where they are all alike."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        often = 2 if len(texts) >= 1000 else 1  # texts that a term is in at least
        weigh = TfidfVectorizer(
            token_pattern=WORD, ngram_range=(1, 2), min_df=often, max_features=_TERMS, sublinear_tf=True,
            dtype=np.float32,
        )  # fmt: skip
        try:
            weighed = weigh.fit_transform(texts)
        except ValueError as error:  # no word at all
            raise DataError(f"the texts hold no words ({error}): expected sentences") from error
        size = min(_SIZE, min(weighed.shape) - 1)
        if len(set(texts)) == 1 or size < 1:
            raise DataError(f"all {len(texts)} training texts are alike, {texts[0]!r:.60}: expected texts that differ")
        svd = TruncatedSVD(size, n_iter=5, random_state=0).fit(weighed)
        return cls(weigh, svd.components_.astype(np.float32))

    def vectors(self, texts: Sequence[str]) -> Float[np.ndarray, "n d"]:
        """(texts, d) of unit length, float32; 0 for a text without a known term."""
        rows = self.weigh.transform(texts) @ self.components.T
        return (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)).astype(np.float32)

    def record(self) -> dict[str, Any]:
        """Its sizes, and the SHA-256 of its terms, their weights and the singular vectors."""
        terms = sorted(self.weigh.vocabulary_, key=self.weigh.vocabulary_.get)
        digest = hashlib.sha256("\n".join(terms).encode())
        for values in (self.weigh.idf_, self.components):
            digest.update(np.ascontiguousarray(values, dtype="<f4").tobytes())
        size, bytes_ = len(self.components), 4 * self.components.size + 4 * len(terms)
        return {"name": "lsa", "terms": len(terms), "size": size, "bytes": bytes_, "sha256": digest.hexdigest()}


@dataclass(frozen=True)
class Reader:
    """What reads texts of a task.

    Attributes:
        encoder: of vectors.
        words: the most frequent words of the training texts, the first most often.
        longest: words that are read of a text.
        width: bytes that are read of a text.
    """

    encoder: Encoder
    words: tuple[str, ...]
    longest: int
    width: int

    @classmethod
    def of(cls, texts: Sequence[str], encoder: Encoder) -> Reader:
        """Of training texts, the longest of which says how much is read of others."""
        split = [words_of(text) for text in texts]
        counts = Counter(word for words in split for word in words)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        longest, width = max(map(len, split)), max(len(text.encode("utf-8")) for text in texts)
        return cls(encoder, tuple(ranked[: VOCABULARY - _FIRST]), max(1, longest), width)

    @cached_property
    def _ids(self) -> dict[str, int]:
        return {word: number for number, word in enumerate(self.words, _FIRST)}

    @property
    def vocabulary(self) -> int:
        """Ids that there are."""
        return _FIRST + len(self.words)

    @cached_property
    def word_vectors(self) -> Float[Tensor, "ids d"]:
        """The encoder's vector of every word as a text of its own; 0 for what fills up and for unknown words."""
        vectors = torch.from_numpy(self.encoder.vectors(self.words))
        return torch.cat([vectors.new_zeros(_FIRST, vectors.shape[1]), vectors])

    def written(self, numbers: Int[Tensor, "n longest"]) -> list[str]:
        """Texts of the words that are known; `read` gives the same numbers of what is not too long."""
        rows = numbers.cpu().tolist()
        return [" ".join(self.words[number - _FIRST] for number in row if number >= _FIRST) for row in rows]

    def read(self, texts: Sequence[str]) -> Texts:
        """Texts as networks see them, cut where they are longer than any of the training texts."""
        texts = cut(texts, self.width)
        vectors = torch.from_numpy(self.encoder.vectors(texts))
        return Texts(vectors, self._numbered(texts), letters_of(texts, self.width))

    def _numbered(self, texts: Sequence[str]) -> Int32[Tensor, "n longest"]:
        numbers = np.zeros((len(texts), self.longest), dtype=np.int32)
        for row, text in zip(numbers, texts, strict=True):
            ids = [self._ids.get(word, _UNKNOWN) for word in words_of(text)[: self.longest]]
            row[: len(ids)] = ids
        return torch.from_numpy(numbers)


def words_of(text: str) -> list[str]:
    """Its words, in small letters."""
    return re.findall(WORD, text.lower())


def cut(texts: Iterable[str], width: int) -> list[str]:
    """Texts of at most so many bytes in UTF-8: longer ones end after the last whole word, or character."""
    return [text if len(text.encode("utf-8")) <= width else _shortened(text, width) for text in texts]


def _shortened(text: str, width: int) -> str:
    head = text.encode("utf-8")[: width + 1].decode("utf-8", "ignore")
    whole = head.rpartition(" ")[0]
    return whole or head.encode("utf-8")[:width].decode("utf-8", "ignore")
