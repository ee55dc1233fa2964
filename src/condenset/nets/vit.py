"""A small vision transformer: patches, attention blocks with normalisation first, and the mean over patches."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.errors import RequestError
from condenset.nets.network import Architecture, Output, of_shape


class Block(nn.Module):
    """Self-attention and a hidden layer four times as wide, each beside a shortcut."""

    def __init__(self, width: int, heads: int) -> None:
        """Args: width, of a token; heads, of the attention."""
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.read = nn.Linear(width, 3 * width)
        self.write = nn.Linear(width, width)
        self.expand, self.contract = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(
        self, tokens: Float[Tensor, "n tokens width"], there: Float[Tensor, "n tokens"] | None = None
    ) -> Float[Tensor, "n tokens width"]:
        """The block's tokens. Args: there, 0 at tokens that the others do not read; None: all are read."""
        query, key, value = self.read(self.norm1(tokens)).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        mask = None if there is None else there[:, None, None, :] > 0
        attended = F.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        tokens = tokens + self.write(attended.transpose(1, 2).flatten(2))
        changed: Tensor = tokens + self.contract(F.gelu(self.expand(self.norm2(tokens))))
        return changed


class ViT(nn.Module):
    """Vision transformer (Dosovitskiy et al. 2021, arXiv 2010.11929) of a size for small images."""

    def __init__(
        self,
        input_shape: tuple[int, ...],
        outputs: int,
        patch: int = 4,
        width: int = 128,
        depth: int = 4,
        heads: int = 4,
    ) -> None:
        """Build for images of `input_shape` (channels, height, width).

        Args: outputs, classes or 1 for regression; patch, side in pixels; width, of a token; depth, blocks.
        Raises `RequestError` where patches do not tile the image or heads do not divide the width.
        """
        super().__init__()
        channels, *sides = input_shape
        if any(side % patch for side in sides):
            size = "x".join(map(str, sides))
            raise RequestError(f"vit cuts {patch}x{patch} patches, which do not tile {size} pixels: choose patch=")
        if width % heads:
            raise RequestError(f"vit has {heads} heads, which do not divide the width {width}: choose heads= or width=")
        self.patches = nn.Conv2d(channels, width, patch, stride=patch)
        self.position = nn.Parameter(torch.zeros((sides[0] // patch) * (sides[1] // patch), width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, outputs)

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """Positions (patches, width) begin at 0."""
        return torch.zeros(self.get_parameter(name).shape)

    def forward(self, images: Float[Tensor, "n channels height width"]) -> Output:
        """Logits, the mean of the last tokens, and the tokens after every block."""
        tokens = self.patches(images).flatten(2).transpose(1, 2) + self.position
        layers = []
        for block in self.blocks:
            tokens = block(tokens)
            layers.append(tokens)
        embedding = self.norm(tokens).mean(1)
        return Output(self.classifier(embedding), embedding, tuple(layers))


ARCHITECTURE = Architecture(build=of_shape(ViT), reads=("grid",))
