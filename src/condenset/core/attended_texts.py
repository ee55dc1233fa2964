"""Texts that were learnt as word vectors, and where a transformer is to look when it is taught them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.structure import Container, pytree_node
from condenset.core.texts import Texts, WordTable

_LEAST = 1e-12  # added to an attention, whose logarithm is taken
_LEAVES = ("vector", "words", "letters", "places", "guide")


@pytree_node(*_LEAVES, kept=("pull",))
@dataclass(frozen=True)
class AttendedTexts(Texts):
    """Texts without words: networks that read words learn nothing from them, those that read vectors from `vector`.

    Attributes:
        places: (n, places, size) float, a word vector for each place, as the table of a network would give it.
        guide: (n, layers, heads, queries, 1 + places) float, logits of where the first queries of every head are to
            look: at the token that is classified, which stands before the words, and at each place.
        pull: what a missed attention costs beside a missed label.
    """

    places: Float[Tensor, "*n places size"]
    guide: Float[Tensor, "*n layers heads queries tokens"]
    pull: float
    meaning: ClassVar[str] = "attended text"

    @classmethod
    def of(
        cls,
        places: Float[Tensor, "n places size"],
        guide: Float[Tensor, "n layers heads queries tokens"],
        pull: float,
    ) -> AttendedTexts:
        """Texts whose vector (n, size) is the mean of their words', of unit length."""
        alone = Texts.of_vectors(F.normalize(places.mean(1), dim=1), tuple(places.shape[2:]))
        return cls(alone.vector, alone.words, alone.letters, places, guide, pull)

    def joined(self, others: Sequence[Any]) -> AttendedTexts:
        """These texts and the others', of as many places, one after another.

        Raises `RequestError` for others without attention labels.
        """
        if not all(isinstance(other, AttendedTexts) for other in others):
            raise RequestError("texts with attention labels and texts as they are do not go together: distil them anew")
        parts = [self, *others]
        vector, words, letters, places, guide = (torch.cat([getattr(p, name) for p in parts]) for name in _LEAVES)
        return AttendedTexts(vector, words, letters, places, guide, self.pull)

    def double(self) -> AttendedTexts:
        """The same in float64, words' vectors among it."""
        return Container.double(self)

    def read_by(self, table: WordTable) -> tuple[Float[Tensor, "n longest size"], Bool[Tensor, "n longest"]]:
        """The vectors themselves, whatever the table, (n, longest, size); all places hold one."""
        return self.places, torch.ones_like(self.places[..., 0], dtype=torch.bool)

    def penalties(self, attention: Sequence[Float[Tensor, "n heads tokens tokens"]]) -> tuple[Float[Tensor, " n"], ...]:
        """By how much a network's attention in each layer misses the guide, times the pull.

        Raises `RequestError` for a network of other layers, heads or tokens.
        """
        _, layers, heads, queries, tokens = self.guide.shape
        sizes = {tuple(layer.shape[1:]) for layer in attention}
        if len(attention) != layers or sizes != {(heads, tokens, tokens)}:
            raise RequestError(
                f"these texts say where {layers} layers of {heads} heads look among {tokens} tokens, and the network "
                f"has {len(attention)} of {sorted(sizes)}: take the one that they were made for"
            )
        seen = torch.stack(list(attention), 1)[..., :queries, :]
        return (self.pull * missed_attention(self.guide, seen),)


def missed_attention(
    guide: Float[Tensor, "n layers heads queries tokens"], seen: Float[Tensor, "n layers heads queries tokens"]
) -> Float[Tensor, " n"]:
    """KL(softmax(guide) ‖ seen), summed over the tokens that are looked at and averaged over all else, (n,)
    (Maekawa et al., Dataset Distillation with Attention Labels for Fine-tuning BERT, ACL 2023)."""
    wanted = guide.log_softmax(-1)
    return (wanted.exp() * (wanted - (seen + _LEAST).log())).sum(-1).flatten(1).mean(1)
