"""Images drawn of sparse codes: of which shared vectors a patch is a mixture, and a small network that reads it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Float16, Int
from torch import Tensor

from condenset.codecs.bits import BYTE, packed_bytes
from condenset.codecs.straight_through import straight_through
from condenset.core.errors import RequestError
from condenset.core.rng import Rng

SPREAD = 0.2  # of tokens and codes at first, as the paper draws them
_MOST = 2**BYTE  # patches and tokens, whose numbers take a byte at most
_EPS = 1e-2  # of the layers' norms: a patch without a code is no point at which they jump


@dataclass(frozen=True)
class Drawing:
    """How codes become images.

    Attributes:
        shape: (channels, height, width) of an image.
        patch: pixels of a side of a patch.
        tokens: vectors that patches are mixtures of.
        width: numbers of a token.
        heads: equal parts of tokens, mixed by codes of their own.
        kept: codes of an image and head that are not 0.
        blocks: of the network.
    """

    shape: tuple[int, int, int]
    patch: int
    tokens: int
    width: int
    heads: int
    kept: int
    blocks: int

    @property
    def grid(self) -> tuple[int, int]:
        """Patches of a column and of a row of an image."""
        return -(-self.shape[1] // self.patch), -(-self.shape[2] // self.patch)

    @property
    def patches(self) -> int:
        """Of an image."""
        return math.prod(self.grid)

    @property
    def bits(self) -> dict[str, int]:
        """Of the number of a patch, and of a token."""
        return {name: max(1, (getattr(self, name) - 1).bit_length()) for name in ("patches", "tokens")}

    @property
    def shared(self) -> dict[str, tuple[int, ...]]:
        """Shapes of what all images share, by name, each with a first axis of one."""
        width, colours = self.width, self.shape[0] * self.patch**2
        return {
            "tokens": (1, self.tokens, width),
            "weights": (1, self.blocks, 3, width, width),
            "biases": (1, self.blocks, 3, width),
            "gains": (1, self.blocks, 2, width),
            "shifts": (1, self.blocks, 2, width),
            "head": (1, colours, width),
            "colour": (1, colours),
        }

    @property
    def item_bytes(self) -> int:
        """Of the codes of an image that are not 0, and of where they are."""
        count = self.heads * self.kept
        return 2 * count + sum(packed_bytes(count, bits) for bits in self.bits.values())

    @property
    def held(self) -> int:
        """Numbers that are held at a time as an image decodes."""
        return self.patches * (self.heads * self.tokens + 6 * self.width) + 2 * math.prod(self.shape)

    def begin(self) -> dict[str, Tensor]:
        """What all images share, drawn at random."""
        drawn = {name: torch.randn(sides, generator=Rng(0).child(name).torch()) for name, sides in self.shared.items()}
        ends = {"weights": self.width**-0.5, "head": self.width**-0.5, "colour": 0.0, "gains": 0.0, "shifts": 0.0}
        return {name: part * ends.get(name, SPREAD) + (name == "gains") for name, part in drawn.items()}

    def sparse(self, codes: Float[Tensor, "n heads patches tokens"]) -> Float[Tensor, "n heads patches tokens"]:
        """The largest codes of every head, as they are stored, and 0 elsewhere; gradients pass to all of them."""
        values, places = self.largest(codes)
        hard = torch.zeros_like(codes).flatten(2).scatter(2, places, values.float()).view_as(codes)
        return straight_through(codes, hard)

    def largest(
        self, codes: Float[Tensor, "n heads patches tokens"]
    ) -> tuple[Float16[Tensor, "n heads kept"], Int[Tensor, "n heads kept"]]:
        """The codes that are kept, and their places among all of a head."""
        rows = codes.detach().flatten(2)
        places = rows.abs().topk(self.kept, dim=2).indices
        return rows.gather(2, places).half(), places

    def __call__(
        self, codes: Float[Tensor, "n heads patches tokens"], shared: Mapping[str, Tensor]
    ) -> Float[Tensor, "n channels height width"]:
        """Images, differentiable in both."""
        tokens, weights, biases, gains, shifts, head, colour = (shared[name][0] for name in self.shared)
        mixed = torch.einsum("nhpk,khd->nphd", codes, tokens.unflatten(1, (self.heads, -1))).flatten(2)
        seen = torch.zeros_like(mixed)
        for weight, bias, gain, shift in zip(weights, biases, gains, shifts, strict=True):
            seen = F.layer_norm(seen + F.linear(mixed, weight[0], bias[0]), gain.shape[1:], gain[0], shift[0], _EPS)
            inner = F.gelu(F.linear(seen, weight[1], bias[1]))
            seen = F.layer_norm(seen + F.linear(inner, weight[2], bias[2]), gain.shape[1:], gain[1], shift[1], _EPS)
        _, height, width = self.shape
        squares = F.linear(seen, head, colour).mT
        sides = tuple(self.patch * count for count in self.grid)
        return F.fold(squares, sides, self.patch, stride=self.patch)[..., :height, :width]


def drawing(
    shape: tuple[int, int, int],
    patch: int = 4,
    tokens: int = 16,
    width: int = 32,
    heads: int = 2,
    kept: int = 48,
    blocks: int = 1,
) -> Drawing:
    """Of images (channels, height, width). Raises `RequestError` for sizes that do not go together."""
    form = Drawing(shape, patch, tokens, width, heads, kept, blocks)
    if min(patch, tokens, width, heads, kept, blocks) < 1 or width % heads:
        raise RequestError(f"sizes of {form} are impossible: expected 1 or more, and a width that heads divide")
    if max(form.patches, tokens) > _MOST or kept > form.patches * tokens:
        raise RequestError(
            f"{kept} codes for {form.patches} patches of side {patch} and {tokens} tokens: expected at most {_MOST} of "
            "patches and of tokens, and of codes one for each pair of both"
        )
    return form
