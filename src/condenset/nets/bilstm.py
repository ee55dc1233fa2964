"""BiLSTM with max pooling (Conneau et al., EMNLP 2017, arXiv 1705.02364): words read in both directions.

Smaller than the paper's, and from scratch: no pretrained word vectors.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from condenset.core.texts import VOCABULARY, Texts
from condenset.nets.network import Architecture, Output, of_shape
from condenset.nets.textcnn import WordEmbedding


class BiLSTM(nn.Module):
    """Reads the words of every text, and not its vector."""

    def __init__(self, input_shape: tuple[int, ...], outputs: int, width: int = 64, size: int = 100) -> None:
        """Args: input_shape, of a vector, which is not read; width, of each direction; size, of embeddings."""
        super().__init__()
        self.embedding = WordEmbedding(VOCABULARY, size)
        self.lstm = nn.LSTM(size, width, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(2 * width, outputs)

    def forward(self, texts: Texts) -> Output:
        """Class scores (n, outputs) and what the classifier reads: the greatest value of each unit over the words."""
        features = self._read(texts.words).amax(1)
        return Output(self.classifier(features), features)

    def _read(self, words: Tensor) -> Float[Tensor, "n longest units"]:
        """What both directions hold at each word; a text without words is one unknown word."""
        words = words if words.shape[1] else words.new_ones(len(words), 1)
        lengths = self.embedding.there(words).sum(1).clamp(min=1).cpu()
        packed = pack_padded_sequence(self.embedding(words), lengths, batch_first=True, enforce_sorted=False)
        held, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True, padding_value=-torch.inf)
        return held


ARCHITECTURE = Architecture(build=of_shape(BiLSTM), reads=("text",))
