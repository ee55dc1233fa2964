"""An autoencoder of columns: every column has a vector of its own, and what follows from all of them gives them back.

No architecture for learners: it says what a row looks like from afar, and its head what a row is, to shape that view.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.columns import Columns


class ColumnAutoencoder(nn.Module):
    """The encoder of TDColER with its two heads (Kang et al., arXiv 2501.13905), perceptrons all of them: a number is
    embedded as a learnt vector times it, a category as its own vector."""

    owners: Tensor

    def __init__(
        self,
        layout: Columns,
        outputs: int,
        size: int,
        hidden: tuple[int, ...],
        latent: int,
        generator: torch.Generator,
    ) -> None:
        """Args: layout, of rows (n, width); outputs, of what is predicted; size, of a column's vector; hidden, widths
        of the encoder's layers, the decoder's being those backwards; latent, of the view; generator, of the initial
        parameters."""
        super().__init__()
        self.layout = layout
        columns = len(layout.numbers) + len(layout.choices)
        self.embedding = nn.Parameter(torch.empty(layout.width, size).normal_(generator=generator))
        self.encoder = _perceptron([columns * size, *hidden, latent], generator)
        self.decoder = _perceptron([latent, *reversed(hidden), layout.width], generator)
        self.head = _perceptron([latent, *hidden[-1:], outputs], generator)
        self.register_buffer("owners", torch.tensor(layout.owners), persistent=False)

    def forward(self, rows: Float[Tensor, "n width"]) -> Float[Tensor, "n latent"]:
        """The view of rows (n, width), (n, latent). A category that the layout does not know has no vector."""
        return self.encoder(self.embedded(rows).flatten(1))

    def embedded(self, rows: Float[Tensor, "n width"]) -> Float[Tensor, "n columns size"]:
        """The vectors (n, columns, size) of the columns, those of numbers first."""
        columns = len(self.layout.numbers) + len(self.layout.choices)
        empty = rows.new_zeros(len(rows), columns, self.embedding.shape[1])
        return empty.index_add(1, self.owners, rows[..., None] * self.embedding)

    def reconstruction(self, rows: Float[Tensor, "n width"], latents: Float[Tensor, "n latent"]) -> Float[Tensor, " n"]:
        """How far rows are from what is given back of their views, (n,), the mean over columns: of a number the squared
        error, of a category the cross-entropy over the log of how many there are, so that to know nothing costs 1."""
        emitted: Tensor = self.decoder(latents)
        numbers = list(self.layout.numbers)
        errors = [(emitted[:, numbers] - rows[:, numbers]).square()]
        for start, stop in self.layout.choices:
            if stop - start > 1:  # what has no alternative is known
                chance = emitted[:, start:stop].log_softmax(1)
                errors.append(-(rows[:, start:stop] * chance).sum(1, keepdim=True) / math.log(stop - start))
        return torch.cat(errors, dim=1).mean(1)


def _perceptron(widths: list[int], generator: torch.Generator) -> nn.Sequential:
    layers: list[nn.Module] = []
    for into, out in pairwise(widths):
        layer = nn.Linear(into, out)
        with torch.no_grad():
            layer.weight.uniform_(-(into**-0.5), into**-0.5, generator=generator)
            layer.bias.zero_()
        layers += [layer, nn.ReLU()]
    return nn.Sequential(*layers[:-1])
