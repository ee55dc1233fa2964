"""Generative adversarial networks of the training images: a prior that draws sharper images than an autoencoder."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.image_autoencoders import shape_of
from condenset.assets.model_store import ModelStore, Paced
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.wasserstein import sliced_wasserstein
from condenset.nets.image_gan import ImageGan
from condenset.tasks.task import Task

_JUDGED = 2000  # images, at most, of either kind


@dataclass(frozen=True)
class AdversarialTraining(Paced):
    """How it is trained.

    Attributes:
        width: channels of the maps.
        latent: numbers that an image is drawn of.
        smooth: weight of the critic's slope at real images.
    """

    rounds: int = 10
    batch: int = 64
    rate: float = 2e-3
    steps: int = 150
    passes: int = 20
    width: int = 64
    latent: int = 32
    smooth: float = 1.0


class ImageGanStore(ModelStore[ImageGan, AdversarialTraining]):
    """The adversarial networks of one task of images."""

    kind, stream = "image GAN", "image-gan"

    def __init__(self, task: Task, how: AdversarialTraining) -> None:
        """Args: task, whose validation data are left to those who choose among sets. Raises `RequestError` for what are
        no images."""
        super().__init__(replace(task, validation=None), how)
        self._shape = shape_of(task.input_spec)

    def _drawn(self, generator: torch.Generator) -> ImageGan:
        return ImageGan(self._shape, self.how.width, self.how.latent, generator)

    def _error(self, model: ImageGan, batch: Batch, number: int, rng: Rng) -> Float[Tensor, ""]:
        return model.losses(batch.inputs.detach(), self._noise(len(batch), rng), self.how.smooth).mean()

    @torch.no_grad()
    def _loss(self, model: ImageGan, batch: Batch) -> Float[Tensor, ""]:
        """How far images that it draws are from those of the data, since what players lose says nothing of that."""
        rng, real = Rng(self.how.seed).child(self.stream, "judge"), batch.inputs[:_JUDGED].flatten(1)
        drawn = model.decoder(self._noise(len(real), rng)).flatten(1)
        return sliced_wasserstein(drawn, real, rng.child("directions").torch()).cpu()

    def _told(self, loss: float) -> str:
        return f"sliced Wasserstein distance {loss:.4f}"

    def _noise(self, count: int, rng: Rng) -> Float[Tensor, "n latent"]:
        return torch.randn(count, self.how.latent, generator=rng.child("noise").torch()).to(self._task.device)
