"""A small language model of the words of labelled texts: a recurrent network that is told the group of a text.

Words are whole numbers as `Texts` holds them: 0 ends a text and fills it up, 1 is any word that is not known and is
never written. No architecture for learners: it says the next word and no class.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

_END, _UNKNOWN = 0, 1


class LanguageModel(nn.Module):
    """Gated recurrent units (Cho et al., EMNLP 2014, arXiv 1406.1078) on word vectors that also write (Press and Wolf,
    EACL 2017, arXiv 1608.05859), to each of which the vector of the text's group is added."""

    def __init__(self, words: int, groups: int, size: int, width: int, generator: torch.Generator) -> None:
        """Args: words, ids that there are; groups, of texts; size, of a word vector; width, of the units; generator,
        of the initial parameters."""
        super().__init__()
        self.words, self.groups = nn.Embedding(words, size), nn.Embedding(groups, size)
        self.units = nn.GRU(size, width, batch_first=True)
        self.write = nn.Linear(width, size)
        self.bias = nn.Parameter(torch.zeros(words))
        with torch.no_grad():
            for name, parameter in self.named_parameters():
                bound = 0.1 if name.startswith(("words", "groups")) else parameter.shape[-1] ** -0.5
                parameter.uniform_(-bound, bound, generator=generator)
            self.bias.zero_()

    def forward(self, texts: Int[Tensor, "n longest"], groups: Int[Tensor, " n"]) -> Float[Tensor, "n places words"]:
        """Logits (n, longest + 1, words) of every word at each place, given those before it, and of an end."""
        return self._logits(self._held(texts, groups))

    def losses(self, texts: Int[Tensor, "n longest"], groups: Int[Tensor, " n"]) -> Float[Tensor, " n"]:
        """Mean cross-entropy (n,) over the words of a text and its end, differentiable in the parameters."""
        there = places(texts) > 0
        logits = self._logits(self._held(texts, groups)[there])  # of the places that there are, as words are many
        each = F.cross_entropy(logits, F.pad(texts, (0, 1)).long()[there], reduction="none")
        return each.new_zeros(len(texts)).index_add(0, there.nonzero()[:, 0], each) / there.sum(1)

    def next(
        self, word: Int[Tensor, " n"] | None, groups: Int[Tensor, " n"], state: Float[Tensor, "1 n width"] | None
    ) -> tuple[Float[Tensor, "n words"], Float[Tensor, "1 n width"]]:
        """Logits (n, words) of what follows a word, and the state there. Args: word, None at the beginning."""
        read = self.groups(groups) if word is None else self.groups(groups) + self.words(word)
        held, state = self.units(read[:, None], state)
        logits = self._logits(held[:, 0])
        words = torch.arange(logits.shape[1], device=logits.device)
        return logits.masked_fill(words == _UNKNOWN, -torch.inf), state

    def _held(self, texts: Int[Tensor, "n longest"], groups: Int[Tensor, " n"]) -> Float[Tensor, "n places width"]:
        """What the units hold at each place."""
        before = F.pad(self.words(texts), (0, 0, 1, 0))
        held: Tensor = self.units(before + self.groups(groups)[:, None])[0]
        return held

    def _logits(self, held: Float[Tensor, "*n width"]) -> Float[Tensor, "*n words"]:
        return F.linear(self.write(held), self.words.weight, self.bias)


def places(texts: Int[Tensor, "n longest"]) -> Float[Tensor, "n places"]:
    """1 at the words of a text and at the end after them, (n, longest + 1)."""
    return F.pad((texts > _END).float(), (1, 0), value=1.0)


@torch.no_grad()
def written(
    model: LanguageModel, groups: Int[Tensor, " n"], longest: int, share: float, generator: torch.Generator
) -> Int[Tensor, "n longest"]:
    """Texts (n, longest) of one word at least, each word drawn among the likeliest that hold a share of the probability
    (nucleus sampling, Holtzman et al., ICLR 2020, arXiv 1904.09751)."""
    texts = torch.zeros(len(groups), longest, dtype=torch.int64, device=groups.device)
    word, state = None, None
    for place in range(longest):
        logits, state = model.next(word, groups, state)
        if place == 0:
            logits[:, _END] = -torch.inf
        chance = _likeliest(logits.softmax(1), share)
        word = torch.multinomial(chance.cpu(), 1, generator=generator)[:, 0].to(texts.device)
        if place:
            word = word.where(texts[:, place - 1] > _END, _END)
        texts[:, place] = word
    return texts


def _likeliest(chance: Float[Tensor, "n words"], share: float) -> Float[Tensor, "n words"]:
    """The probabilities of the likeliest words that hold a share of it all, 0 for the others."""
    if share >= 1:
        return chance
    ranked, order = chance.sort(stable=True, dim=1, descending=True)
    kept = ranked.where(ranked.cumsum(1) - ranked < share, 0.0)
    return torch.zeros_like(chance).scatter(1, order, kept)


@torch.no_grad()
def nearest_readable(
    model: LanguageModel,
    weights: Float[Tensor, "n longest words"],
    lengths: Int[Tensor, " n"],
    groups: Int[Tensor, " n"],
    top: int,
) -> Int[Tensor, "n longest"]:
    """The texts (n, longest) of these lengths that a reader could go along with: from left to right, of the `top` words
    that the model holds for the likeliest the one of the greatest weight (Nguyen et al., ICML 2025, arXiv 2502.17607).
    """
    texts = torch.zeros(weights.shape[:2], dtype=torch.int64, device=weights.device)
    word, state = None, None
    for place in range(weights.shape[1]):
        logits, state = model.next(word, groups, state)
        logits[:, _END] = -torch.inf
        likeliest = logits.topk(min(top, logits.shape[1] - 2), dim=1).indices
        word = likeliest.gather(1, weights[:, place].gather(1, likeliest).argmax(1, keepdim=True))[:, 0]
        word = word.where(place < lengths, _END)
        texts[:, place] = word
    return texts
