"""Encoders that are trained on the pictures themselves, without labels: two views of a picture make the same vector.

Zbontar et al., Barlow Twins: Self-Supervised Learning via Redundancy Reduction, ICML 2021, arXiv 2103.03230.

Differences from the paper: a convolutional network of a few layers, a projection of two layers, Adam for a few minutes
of one core, and views of fewer kinds: squares of a picture, other colours, and mirror images where pictures bear them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.assets.model_store import ModelStore, Paced
from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.patches import cropped
from condenset.kernels.redundancy import redundancy
from condenset.nets.conv_encoder import COLOURS, ConvEncoder
from condenset.nets.encoder_weights import EncoderWeights, keep_own
from condenset.nets.image_autoencoder import draw_parameters
from condenset.tasks.task import Task

_LEAST = 8  # pictures: correlations of fewer say nothing
_PART = 512  # pictures that are judged at a time
_SMALLEST = 0.25  # share of a picture that a view shows


@dataclass(frozen=True)
class BarlowTwins(Paced):
    """How an encoder is trained.

    Attributes:
        width: channels of the first block; every block has twice those of the one before.
        projected: numbers of the projection whose correlations are learnt from, which is thrown away.
        balance: of the correlations that are to be 0, beside those that are to be 1.
    """

    rounds: int = 10
    batch: int = 256
    rate: float = 2e-3
    steps: int = 50
    passes: int = 10
    width: int = 32
    projected: int = 256
    balance: float = 0.005

    def plan(self, examples: int, rng: Rng) -> list[Tensor]:
        """Whole batches alone, since correlations are those of a batch."""
        return [part for part in super().plan(examples, rng) if len(part) == min(self.batch, examples)]


USUAL = BarlowTwins()


class Twins(nn.Module):
    """An encoder, and the projection that it is trained by."""

    def __init__(self, widths: tuple[int, ...], projected: int, generator: torch.Generator) -> None:
        """Args: widths, of the encoder; projected, as of `BarlowTwins`; generator, of the initial parameters."""
        super().__init__()
        self.encoder = ConvEncoder(widths)
        self.projection = nn.Sequential(
            nn.Linear(widths[-1], projected), nn.BatchNorm1d(projected), nn.ReLU(), nn.Linear(projected, projected)
        )
        draw_parameters(self, generator)

    def forward(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n projected"]:
        """Projections of pictures of one or three channels."""
        coloured = images.expand(-1, COLOURS, -1, -1).contiguous(memory_format=torch.channels_last)
        projections: Tensor = self.projection(self.encoder(coloured))
        return projections


class BarlowTwinsStore(ModelStore[Twins, BarlowTwins]):
    """The encoder of one task of pictures. Labels are not looked at, but that as many of every class judge it."""

    kind, stream = "encoder by barlow-twins", "barlow-twins"

    def __init__(self, task: Task, how: BarlowTwins = USUAL) -> None:
        """Args: task, whose validation data are left to those who choose among sets. Raises `RequestError` for too few
        pictures."""
        super().__init__(replace(task, validation=None), how)
        if len(task.train) < _LEAST:
            raise RequestError(
                f"barlow-twins learns from {_LEAST} pictures at least, and there are {len(task.train)}: name a model "
                "that was trained elsewhere"
            )
        groups = ("color", "flip") if task.augmentation.mirrors else ("color",)
        self._colours = task.augmentation.changed(mode="all", strategy=groups)

    def _read(self, batch: Batch) -> Batch:
        unlabelled = torch.zeros(len(batch), device=batch.weight.device)
        return replace(batch.detach(), targets=unlabelled, groups=unlabelled.long())

    def _drawn(self, generator: torch.Generator) -> Twins:
        shorter = min(self._data[0].inputs.shape[2:])
        blocks = max(2, min(4, round(math.log2(shorter)) - 2))  # 3 at 32 pixels, 4 at 64
        return Twins(tuple(self.how.width * 2**block for block in range(blocks)), self.how.projected, generator)

    def _error(self, model: Twins, batch: Batch, number: int, rng: Rng) -> Float[Tensor, ""]:
        model.train()
        return self._apart(model, batch, rng)

    @torch.no_grad()
    def _loss(self, model: Twins, batch: Batch) -> Float[Tensor, ""]:
        model.eval()
        return self._apart(model, batch.parts(_PART)[0], Rng(self.how.seed).child(self.stream, "judge")).cpu()

    def _apart(self, model: Twins, batch: Batch, rng: Rng) -> Float[Tensor, ""]:
        first, second = (model(self._view(batch.inputs, rng.child("view", side))) for side in range(2))
        return redundancy(first, second, self.how.balance)

    def _view(self, images: Float[Tensor, "n channels height width"], rng: Rng) -> Float[Tensor, "n channels h w"]:
        """Other colours, and a random square of every picture in its size, mirrored or not."""
        images = self._colours.apply(self._colours.draw(len(images), rng.child("colours")), images)
        return cropped(images, _SMALLEST, rng.child("square").torch(), *images.shape[2:])

    def _told(self, loss: float) -> str:
        return f"loss {loss:.3f}"


def trained(task: Task) -> EncoderWeights:
    """The encoder of a task of pictures, trained if it is not there yet. Raises as `BarlowTwinsStore`."""
    store = BarlowTwinsStore(task, USUAL)
    encoder, (asset,) = store.model().encoder, store.assets()
    known: dict[str, Any] = task.preprocessing
    said = {"licence": asset.licence, "made_by": f"{asset.made_by}: {asset.name}"}
    return keep_own("barlow-twins", encoder, known["mean"], known["std"], **said)


ENCODER = trained
