"""Images that a diffusion model of the training images draws for each class, near to the modes of the class or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.latent_diffusion import Diffusing, DiffusionPrior, LatentDiffusionStore
from condenset.assets.pretrained_diffusion import PretrainedDiffusion
from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.kernels.diffusion import descended, noised
from condenset.kernels.selection import k_means
from condenset.starts.random import random
from condenset.starts.start import candidates, wanted
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Diffused:
    """Call it for a batch of images that there were not.

    Modes are the centres of k-means among a class's images in the latent space, as many as images are asked for.

    Attributes:
        model: a diffusion model of the library diffusers, by its name on the Hub or its folder, see
            `DiffusionPipeline`; empty: one that is trained on the data.
        prior: how that is trained.
        steps: of denoising.
        guidance: how far the class is followed, see `LatentDenoiser.clean`.
        noise: time from 0 to 1 at which denoising begins: at noised modes, or at 1 at noise alone (D4M, arXiv
            2407.15138).
        pull: of a mode at what a point is thought to be when clean, times the noise that is left; 0: none (MGD3, arXiv
            2505.18963).
        until: the time, counted down from 1, from which on modes pull no longer.
    """

    model: str = ""
    prior: Diffusing = field(default_factory=Diffusing)
    steps: int = 50
    guidance: float = 1.5
    noise: float = 1.0
    pull: float = 0.0
    until: float = 0.5

    def __post_init__(self) -> None:
        """Raises `RequestError` for no step, for times and shares that are none, and for a training of what others
        trained."""
        if self.model and self.prior != Diffusing():
            raise RequestError(f"prior says how a diffusion model is trained here, and {self.model!r} is trained")
        times = (self.noise, self.pull, self.until)
        if self.steps < 1 or not self.noise > 0 or not all(0 <= time <= 1 for time in times):
            given = f"steps={self.steps}, noise={self.noise}, pull={self.pull}, until={self.until}"
            raise RequestError(f"{given}: expected a step or more, noise above 0, and no number above 1 or below 0")

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """Where the diffusion model is kept, and the autoencoder of one that is trained here."""
        store = self._store(task)
        return (store.autoencoder, store) if isinstance(store, LatentDiffusionStore) else (store,)

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` images of class g, no brighter or darker than pixels are."""
        batch, prior = random(task, counts, rng), self._store(task).prior()
        needs_modes = self.noise < 1 or self.pull > 0
        modes = _modes(task, counts, prior, rng.child("modes")) if needs_modes else None
        shape = len(batch), prior.latent
        points = torch.randn(shape, generator=rng.child("noise").torch()).to(task.device)
        if modes is not None:
            points = noised(modes, points, torch.full_like(points[:, 0], self.noise))

        def pulled(clean: Float[Tensor, "n latent"], time: float) -> Float[Tensor, "n latent"]:
            if modes is None or time < self.until:
                return clean
            return torch.lerp(clean, modes, self.pull * math.sin(math.pi / 2 * time))

        def denoise(points: Float[Tensor, "n latent"], times: Float[Tensor, " n"]) -> Float[Tensor, "n latent"]:
            return prior.clean(points, times, batch.groups, self.guidance)

        with torch.no_grad():
            images = prior.images(descended(points, denoise, self.steps, self.noise, pulled))
        return replace(batch, inputs=task.modality.legal(images, task.preprocessing))

    def _store(self, task: Task) -> LatentDiffusionStore | PretrainedDiffusion:
        return PretrainedDiffusion(task, self.model) if self.model else LatentDiffusionStore(task, self.prior)


def _modes(task: Task, counts: Int[Tensor, " groups"], prior: DiffusionPrior, rng: Rng) -> Float[Tensor, "n latent"]:
    """Of every group, as many as it is to have images."""
    found = []
    for group, count in wanted(counts):
        places = prior.place(task.train.select(candidates(task, group, count)).inputs)
        found.append(k_means(places, count, rng.child(group).integer()).centres)
    return torch.cat(found)
