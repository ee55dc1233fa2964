"""A small transformer for texts: a token that is classified before the words, attention blocks that can be read.

Its table of words is as wide as the encoder's vectors, so that a task can give it those in place of drawn ones.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from condenset.core.errors import RequestError
from condenset.core.texts import VOCABULARY, Texts
from condenset.nets.network import Architecture, Output, of_shape
from condenset.nets.textcnn import WordEmbedding

_PLACED = 0.1  # of a wave that tells a place, beside words of about 1


class Rotation(nn.Linear):
    """A linear layer that begins as a random rotation without biases, so that what words say arrives whole (Saxe et
    al., ICLR 2014, arXiv 1312.6120)."""

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Initial weights (outputs, inputs), or biases (outputs,)."""
        return _rotations(self.get_parameter(name).shape, 1, generator)


class Attention(nn.MultiheadAttention):
    """PyTorch's, whose queries, keys, values and result begin as rotations."""

    def __init__(self, width: int, heads: int) -> None:
        """Args: width, of a token; heads."""
        super().__init__(width, heads, batch_first=True)
        self.out_proj = Rotation(width, width)  # type: ignore[assignment]

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Initial weights (3 width, width), or biases (3 width,), of queries, keys and values."""
        return _rotations(self.get_parameter(name).shape, 3, generator)


class Classifier(nn.Linear):
    """A linear layer whose first weights are the usual ones times a factor."""

    def __init__(self, width: int, outputs: int, factor: float | int) -> None:
        """Args: width, of what it reads; factor, 0: a first step goes where its examples say alone."""
        super().__init__(width, outputs)
        self.factor = factor

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Initial weights (outputs, width), or biases (outputs,)."""
        bound = self.factor * self.in_features**-0.5
        return torch.empty(self.get_parameter(name).shape).uniform_(-bound, bound, generator=generator)


class Block(nn.Module):
    """Self-attention and a hidden layer four times as wide, each after a normalisation and beside a shortcut."""

    def __init__(self, width: int, heads: int) -> None:
        """Args: width, of a token; heads, of the attention."""
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(
        self, tokens: Float[Tensor, "n tokens width"], there: Bool[Tensor, "n tokens"]
    ) -> tuple[Float[Tensor, "n tokens width"], Float[Tensor, "n heads tokens tokens"]]:
        """The block's tokens, and what share of its look each one gives to each other. Args: there, which are read."""
        read = self.norm1(tokens)
        attended, attention = self.attention(read, read, read, key_padding_mask=~there, average_attn_weights=False)
        tokens = tokens + attended
        return tokens + self.contract(F.gelu(self.expand(self.norm2(tokens)))), attention


class TextTransformer(nn.Module):
    """Reads the words of every text, and not its vector; with the norm first (Xiong et al., ICML 2020, arXiv
    2002.04745), places by sines (Vaswani et al., NeurIPS 2017, arXiv 1706.03762), and from scratch."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        outputs: int,
        width: int = 128,
        depth: int = 1,
        heads: int = 4,
        head: float | int = 1.0,
    ) -> None:
        """Args: input_shape, (d,) of a vector, which is the size of word vectors, too; width, of a token; depth,
        blocks; heads, of the attention; head, by which the first weights of the classifier are multiplied.

        Raises `RequestError` where heads do not divide the width.
        """
        super().__init__()
        if width % heads:
            raise RequestError(f"{heads} heads do not divide the width {width}: choose heads= or width=")
        self.embedding = WordEmbedding(VOCABULARY, input_shape[0])
        self.enter = Rotation(input_shape[0], width)
        self.first = nn.Parameter(torch.zeros(width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.classifier = Classifier(width, outputs, head)

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """The token that is classified, (width,), N(0, 0.1²)."""
        return _PLACED * torch.randn(self.get_parameter(name).shape, generator=generator)

    def forward(self, texts: Texts) -> Output:
        """Class scores (n, outputs), what the classifier reads, the tokens after every block, and by how much the
        attention misses what the texts say of it."""
        vectors, there = texts.read_by(self.embedding)
        words = self.enter(vectors * math.sqrt(vectors.shape[2]))
        words = words + _PLACED * waves(words)
        tokens = torch.cat([self.first.expand(len(words), 1, -1), words], 1)
        there = F.pad(there, (1, 0), value=True)
        layers, looks = [], []
        for block in self.blocks:
            tokens, attention = block(tokens, there)
            layers.append(tokens)
            looks.append(attention)
        embedding = self.norm(tokens[:, 0])
        return Output(self.classifier(embedding), embedding, tuple(layers), texts.penalties(looks))


def _rotations(shape: torch.Size, count: int, generator: torch.Generator) -> Tensor:
    """So many, one below the other; 0 for biases."""
    if len(shape) == 1:
        return torch.zeros(shape)
    each = torch.empty(shape[0] // count, shape[1])
    return torch.cat([nn.init.orthogonal_(each.clone(), generator=generator) for _ in range(count)])


def waves(like: Float[Tensor, "n longest width"]) -> Float[Tensor, "longest width"]:
    """Sines and cosines of falling frequencies that tell the places, (longest, width)."""
    longest, width = like.shape[1:]
    pace = torch.exp(torch.arange(0, width, 2, device=like.device, dtype=like.dtype) * (-math.log(1e4) / width))
    angles = torch.arange(longest, device=like.device, dtype=like.dtype)[:, None] * pace
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)[:, :width]


ARCHITECTURE = Architecture(build=of_shape(TextTransformer), reads=("text",))
