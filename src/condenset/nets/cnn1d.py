"""A convolutional network for labelled series: blocks of convolution, normalisation, ReLU and pooling in time."""

from __future__ import annotations

from torch import nn

from condenset.core.batch import Inputs
from condenset.nets.network import Architecture, Output, of_shape
from condenset.nets.series_blocks import SeriesBlocks, read


class CNN1d(nn.Module):
    """After the fully convolutional network of Wang, Yan & Oates (IJCNN 2017, arXiv 1611.06455), smaller and pooled."""

    def __init__(
        self,
        shape: tuple[int, ...],
        outputs: int,
        width: int = 32,
        depth: int | None = None,
        kernel: int = 7,
        norm: str = "layer",
    ) -> None:
        """Args: shape, (channels, steps); outputs, classes; the rest and errors as of `SeriesBlocks`."""
        super().__init__()
        self.blocks = SeriesBlocks(shape, width, depth, kernel, norm)
        self.classifier = nn.Linear(self.blocks.features, outputs)

    def forward(self, inputs: Inputs) -> Output:
        """Logits (n, outputs), the means of segments, and the maps after every block."""
        embedding, layers = self.blocks(*read(inputs))
        return Output(self.classifier(embedding), embedding, layers)


ARCHITECTURE = Architecture(build=of_shape(CNN1d), reads=("series", "ragged"))
