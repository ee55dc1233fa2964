"""Multi-layer perceptron on the vectors of texts: a head on a frozen encoder."""

from __future__ import annotations

from torch import nn

from condenset.core.texts import Texts
from condenset.nets.mlp import mlp
from condenset.nets.network import Architecture, Output, of_shape


class TextMLP(nn.Module):
    """Reads the vector (n, d) of every text, and not its words."""

    def __init__(self, input_shape: tuple[int, ...], outputs: int, width: int = 128, depth: int = 2) -> None:
        """Args: input_shape, (d,); width, of every hidden layer; depth, hidden layers; 0 is a linear model.

        Raises `RequestError` for a depth below 0.
        """
        super().__init__()
        self.head = mlp(input_shape, outputs, width, depth)

    def forward(self, texts: Texts) -> Output:
        """Class scores (n, outputs) and what the classifier reads."""
        output: Output = self.head(texts.vectors())
        return output


ARCHITECTURE = Architecture(build=of_shape(TextMLP), reads=("text",))
