"""Variational autoencoders of the training images: a prior, which says what images of these data look like."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.model_store import ModelStore, Paced
from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf, Spec
from condenset.nets.image_autoencoder import ImageAutoencoder
from condenset.tasks.task import Task

_PART = 512  # images that are seen at a time


@dataclass(frozen=True)
class ImageAutoencoding(Paced):
    """How it is trained.

    Attributes:
        width: channels of the maps.
        latent: numbers that an image becomes.
        balance: of being near to a normal law, to being near to the image: twice the variance of a pixel's noise.
    """

    rounds: int = 10
    batch: int = 128
    rate: float = 2e-3
    steps: int = 100
    passes: int = 20
    width: int = 64
    latent: int = 32
    balance: float = 0.02


USUAL = ImageAutoencoding()


class ImageAutoencoderStore(ModelStore[ImageAutoencoder, ImageAutoencoding]):
    """The autoencoder of one task of images."""

    kind, stream = "image autoencoder", "image-autoencoder"

    def __init__(self, task: Task, how: ImageAutoencoding = USUAL) -> None:
        """Args: task, whose validation data are left to those who choose among sets. Raises `RequestError` for what are
        no images."""
        super().__init__(replace(task, validation=None), how)
        self._shape = shape_of(task.input_spec)

    def latents(self) -> Callable[[Tensor], Float[Tensor, "n latent"]]:
        """What says where images (n, channels, height, width) lie in the latent space, (n, latent)."""
        model = self.model()
        return lambda images: torch.cat([model(part) for part in images.split(_PART)])

    def _read(self, batch: Batch) -> Batch:
        return batch.detach()

    def _drawn(self, generator: torch.Generator) -> ImageAutoencoder:
        return ImageAutoencoder(self._shape, self.how.width, self.how.latent, generator)

    def _error(self, model: ImageAutoencoder, batch: Batch, number: int, rng: Rng) -> Float[Tensor, ""]:
        noise = torch.randn(len(batch), self.how.latent, generator=rng.child("noise").torch()).to(batch.weight.device)
        return model.losses(batch.inputs, noise, self.how.balance).mean()

    @torch.no_grad()
    def _loss(self, model: ImageAutoencoder, batch: Batch) -> Float[Tensor, ""]:
        parts = batch.inputs.split(_PART)
        return torch.cat([model.losses(part, None, self.how.balance) for part in parts]).mean().cpu()

    def _told(self, loss: float) -> str:
        return f"loss {loss:.4f}"


def shape_of(spec: Spec) -> tuple[int, int, int]:
    """(channels, height, width) of an example. Raises `RequestError` where it is no image."""
    if not isinstance(spec, Leaf) or len(spec.shape) != 3:
        raise RequestError("a prior of images is learnt of images (channels, height, width), and these data have none")
    channels, height, width = spec.shape
    return channels, height, width
