"""Two convolutional networks side by side: one reads a series in time, the other its spectrum.

The dual-domain network of CondTSC (Liu et al., KDD 2024, arXiv 2403.07245), with real and imaginary parts as the
channels of a spectrum.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.batch import Inputs
from condenset.nets.network import Architecture, Output, of_shape
from condenset.nets.series_blocks import SeriesBlocks, read


class DualCNN(nn.Module):
    """A linear classifier reads the features of both."""

    def __init__(
        self,
        shape: tuple[int, ...],
        outputs: int,
        width: int = 32,
        depth: int | None = None,
        kernel: int = 7,
        norm: str = "layer",
    ) -> None:
        """Args: shape, (channels, steps); outputs, classes; the rest, of both, and errors as of `SeriesBlocks`."""
        super().__init__()
        channels, steps = shape
        self.time = SeriesBlocks(shape, width, depth, kernel, norm)
        self.frequency = SeriesBlocks((2 * channels, steps // 2 + 1), width, depth, kernel, norm)
        self.classifier = nn.Linear(self.time.features + self.frequency.features, outputs)

    def forward(self, inputs: Inputs) -> Output:
        """Logits (n, outputs), the features of both, and their maps after every block."""
        values, there = read(inputs)
        waves = spectrum(values)
        in_time, layers = self.time(values, there)
        in_frequency, others = self.frequency(waves, torch.ones_like(waves[:, :1]))
        embedding = torch.cat([in_time, in_frequency], 1)
        return Output(self.classifier(embedding), embedding, layers + others)


def spectrum(values: Float[Tensor, "n channels time"]) -> Float[Tensor, "n waves frequencies"]:
    """Real parts of all channels, then imaginary parts, of the root mean square of the series."""
    waves = torch.fft.rfft(values) * math.sqrt(1 / values.shape[2])
    return torch.cat([waves.real, waves.imag], 1)


ARCHITECTURE = Architecture(build=of_shape(DualCNN), reads=("series", "ragged"))
