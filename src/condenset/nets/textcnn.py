"""TextCNN (Kim, EMNLP 2014, arXiv 1408.5882): convolutions over embedded words, the greatest value of each over time.

Smaller than the paper's, and from scratch: no pretrained word vectors, no dropout.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Num
from torch import Tensor, nn

from condenset.core.texts import VOCABULARY, Texts
from condenset.nets.network import Architecture, Output, of_shape

_WIDTHS = (3, 4, 5)  # words that a filter sees


class WordEmbedding(nn.Embedding):
    """A vector for every word, (words, size), N(0, 0.1²); places that are filled up read as 0."""

    def forward(
        self, words: Num[Tensor, "n longest"] | Float[Tensor, "n longest ids"]
    ) -> Float[Tensor, "n longest size"]:
        """Vectors of words, or means of them by their weights; ids that weights leave out weigh nothing."""
        if words.is_floating_point():
            return words[..., 1:] @ self.weight[1 : words.shape[-1]]
        return super().forward(words) * self.there(words)[..., None]

    @staticmethod
    def there(words: Num[Tensor, "n longest"] | Float[Tensor, "n longest ids"]) -> Bool[Tensor, "n longest"]:
        """Which places hold a word, or weights of words."""
        return (words != 0).any(2) if words.is_floating_point() else words > 0

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Initial vectors (words, size)."""
        return 0.1 * torch.randn(self.num_embeddings, self.embedding_dim, generator=generator)


class TextCNN(nn.Module):
    """Reads the words of every text, and not its vector."""

    def __init__(self, input_shape: tuple[int, ...], outputs: int, width: int = 32, size: int = 100) -> None:
        """Args: input_shape, of a vector, which is not read; width, filters of each length; size, of embeddings."""
        super().__init__()
        self.embedding = WordEmbedding(VOCABULARY, size)
        self.convolutions = nn.ModuleList(nn.Conv1d(size, width, words) for words in _WIDTHS)
        self.classifier = nn.Linear(width * len(_WIDTHS), outputs)

    def forward(self, texts: Texts) -> Output:
        """Class scores (n, outputs) and what the classifier reads."""
        embedded = self.embedding(texts.words).transpose(1, 2)
        embedded = F.pad(embedded, (0, max(0, _WIDTHS[-1] - embedded.shape[2])))
        layers = tuple(F.relu(convolve(embedded)) for convolve in self.convolutions)
        features = torch.cat([layer.amax(2) for layer in layers], 1)
        return Output(self.classifier(features), features, layers)


ARCHITECTURE = Architecture(build=of_shape(TextCNN), reads=("text",))
