"""Diffusion models of the training images, in the latent space of their autoencoder: a prior that knows the classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.assets.image_autoencoders import ImageAutoencoderStore, ImageAutoencoding
from condenset.assets.model_store import ModelStore, Paced
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.nets.latent_denoiser import LatentDenoiser
from condenset.tasks.task import Task

_STANDARD = 2000  # images that say where the latent space begins and how wide it is


@dataclass(frozen=True)
class Diffusing(Paced):
    """How a diffusion model is trained.

    Attributes:
        autoencoder: in whose latent space.
        width, depth: of the denoiser.
        unknown: share of the points whose group it is not told.
        near, far: how much what it denoises is to be like all images of the class that are seen with it, and unlike
            what else it denoises of the class, by cosines; 0: not at all (Gu et al., Efficient Dataset Distillation via
            Minimax Diffusion, CVPR 2024, arXiv 2311.15529, who take these of the last 64 images of the class).
    """

    rounds: int = 10
    batch: int = 256
    rate: float = 2e-3
    steps: int = 300
    passes: int = 50
    autoencoder: ImageAutoencoding = field(default_factory=ImageAutoencoding)
    width: int = 256
    depth: int = 3
    unknown: float = 0.1
    near: float = 0.0
    far: float = 0.0


class LatentDiffusionStore(ModelStore[LatentDenoiser, Diffusing]):
    """The diffusion model of one task of images with classes."""

    kind, stream = "diffusion model", "diffusion"

    def __init__(self, task: Task, how: Diffusing) -> None:
        """Args: task, whose validation data are left to those who choose among sets. Raises `RequestError` for what are
        no images."""
        super().__init__(replace(task, validation=None), how)
        self.autoencoder = ImageAutoencoderStore(task, how.autoencoder)

    @cached_property
    def space(self) -> LatentSpace:
        """The latent space, as the diffusion model sees it."""
        place, decoder = self.autoencoder.latents(), self.autoencoder.model().decoder
        known = place(self._data[0].inputs[:_STANDARD])
        spread = known.std(0, correction=0)
        return LatentSpace(place, decoder, known.mean(0), spread.where(spread > 0, 1.0))

    def prior(self) -> TrainedPrior:
        """The trained model with its latent space: what images are drawn from."""
        return TrainedPrior(self.model(), self.space)

    def _drawn(self, generator: torch.Generator) -> LatentDenoiser:
        how = self.how
        return LatentDenoiser(how.autoencoder.latent, len(self._task.groups), how.width, how.depth, generator)

    def _error(self, model: LatentDenoiser, batch: Batch, number: int, rng: Rng) -> Float[Tensor, ""]:
        clean = self.space.place(batch.inputs)
        generator = rng.child("noise").torch()
        noise, times, told = (
            torch.rand(len(clean), generator=generator) if shape == 1 else torch.randn(clean.shape, generator=generator)
            for shape in (2, 1, 1)
        )
        known = (told.to(clean.device) >= self.how.unknown)[:, None]
        losses, found = model.losses(clean, noise.to(clean), times.to(clean), known * model.classes[batch.groups])
        if not self.how.near and not self.how.far:
            return losses.mean()
        near, far = likeness(found, clean, batch.groups)
        return losses.mean() + self.how.near * (1 - near) + self.how.far * far

    @torch.no_grad()
    def _loss(self, model: LatentDenoiser, batch: Batch) -> Float[Tensor, ""]:
        return self._error(model, batch, 0, Rng(self.how.seed).child(self.stream, "judge")).cpu()

    def _told(self, loss: float) -> str:
        return f"loss {loss:.4f}"


@runtime_checkable
class DiffusionPrior(Protocol):
    """What draws images of the classes of a task, in a latent space of its own.

    Attributes:
        latent: numbers of a point.
    """

    @property
    def latent(self) -> int: ...

    def place(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n latent"]:
        """Points (n, latent) that images are encoded to."""

    def images(self, points: Float[Tensor, "n latent"]) -> Float[Tensor, "n channels height width"]:
        """Images that points (n, latent) are decoded to."""

    def clean(
        self, points: Float[Tensor, "n latent"], times: Float[Tensor, " n"], groups: Int[Tensor, " n"], guidance: float
    ) -> Float[Tensor, "n latent"]:
        """Where points of classes are clean that are at times of `condenset.kernels.diffusion`."""


@dataclass(frozen=True)
class TrainedPrior:
    """The prior that a diffusion model of the data and its latent space make.

    Attributes:
        model, space: the two.
    """

    model: LatentDenoiser
    space: LatentSpace

    @property
    def latent(self) -> int:
        """Numbers of a point."""
        return self.model.latent

    def place(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n latent"]:
        """Where images are."""
        return self.space.place(images)

    def images(self, points: Float[Tensor, "n latent"]) -> Float[Tensor, "n channels height width"]:
        """What is there."""
        return self.space.images(points)

    def clean(
        self, points: Float[Tensor, "n latent"], times: Float[Tensor, " n"], groups: Int[Tensor, " n"], guidance: float
    ) -> Float[Tensor, "n latent"]:
        """Where points of classes are clean."""
        return self.model.clean(points, times, self.model.classes[groups], guidance)


@dataclass(frozen=True)
class LatentSpace:
    """Points of mean 0 and variance 1 for images, and images for points.

    Attributes:
        encode, decode: from images to latents and back.
        mean, spread: (latent,) of latents.
    """

    encode: Callable[[Tensor], Tensor]
    decode: Callable[[Tensor], Tensor]
    mean: Float[Tensor, " latent"]
    spread: Float[Tensor, " latent"]

    def place(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n latent"]:
        """Where images are."""
        return (self.encode(images) - self.mean) / self.spread

    def images(self, points: Float[Tensor, "n latent"]) -> Float[Tensor, "n channels height width"]:
        """What is there."""
        return self.decode(points * self.spread + self.mean)


def likeness(
    found: Float[Tensor, "n d"], real: Float[Tensor, "n d"], groups: Int[Tensor, " n"]
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """The mean over points that were found of their smallest cosine with a real one of the group, and of their greatest
    one with another that was found; 0 where there is none."""
    kin = groups[:, None] == groups[None]
    found = F.normalize(found, dim=1)
    near = (found @ F.normalize(real, dim=1).T).masked_fill(~kin, torch.inf).amin(1)
    others = kin & ~torch.eye(len(kin), dtype=torch.bool, device=kin.device)
    far = (found @ found.T).masked_fill(~others, -torch.inf).amax(1)
    return near.mean(), far[others.any(1)].sum() / len(far)
