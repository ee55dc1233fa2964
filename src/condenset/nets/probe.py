"""Probe: a linear classifier on a frozen encoder, of which the classifier alone is drawn and trained."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from condenset.nets.encoder_weights import kept_encoder
from condenset.nets.frozen_encoder import Images, frozen_encoder
from condenset.nets.network import Architecture, Output, of_shape


class Head(nn.Linear):
    """Weights are N(0, 0.01^2) and biases 0, as of Cazenavette et al., NeurIPS 2025, arXiv 2511.16674."""

    def drawn(self, name: str, generator: torch.Generator) -> Tensor:
        """The initial weight (outputs, width), or bias (outputs,)."""
        values = torch.zeros(self.get_parameter(name).shape)
        return values.normal_(std=0.01, generator=generator) if name == "weight" else values


class Probe(nn.Module):
    """Images (n, channels, height, width), of one or three channels, to logits (n, outputs)."""

    alone = True  # what it has read is looked up example by example

    def __init__(self, shape: tuple[int, ...], outputs: int, encoder: str, size: int = 112) -> None:
        """Args: encoder, the address of kept weights; size, in pixels at which it reads. Raises `RequestError`."""
        super().__init__()
        self._encoder, self._size = encoder, size
        self.head = Head(kept_encoder(encoder).width, outputs)

    def forward(self, images: Images) -> Output:
        """Logits, and as the embedding the encoder's vectors (n, width)."""
        embedding = frozen_encoder(self._encoder, self._size)(images)
        return Output(self.head(embedding), embedding)


ARCHITECTURE = Architecture(build=of_shape(Probe), reads=("grid",), needs=("encoder",))
