"""Diffusion models that others trained, of the library diffusers, as priors of the images of a task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.assets.image_autoencoders import shape_of
from condenset.core.asset import Asset
from condenset.core.errors import RequestError
from condenset.core.execution import Executor
from condenset.nets.diffusion_pipeline import DiffusionPipeline, diffusion_pipeline
from condenset.nets.encoder_weights import content
from condenset.tasks.task import Task


@dataclass(frozen=True)
class PretrainedDiffusion:
    """The store of a model that is not trained here, and the prior itself.

    Attributes:
        task: images with classes, whose names the model is told.
        model: name on the Hub, or folder, see `DiffusionPipeline`.
    """

    task: Task
    model: str

    def __post_init__(self) -> None:
        """Raises `RequestError` for what are no images, or whitened ones."""
        shape_of(self.task.input_spec)
        if "zca" in self.task.preprocessing:
            raise RequestError("a diffusion model knows pictures, not whitened ones: leave --zca out")

    def train_missing(self, executor: Executor) -> None:
        """Nothing: others trained it."""

    def assets(self) -> list[Asset]:
        """The model, with all its networks."""
        sha256, size = content(self._pipeline.weights())
        name = f"diffusion model {Path(self.model).name}"
        return [Asset(name, sha256, size, "not said by its files", f"diffusers, {self.model}")]

    def prior(self) -> PretrainedDiffusion:
        """Itself."""
        return self

    @property
    def latent(self) -> int:
        """Numbers of a point."""
        return self._pipeline.latent

    def place(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n latent"]:
        """Where images are."""
        mean, spread = self._constants
        return self._pipeline.place(images * spread + mean)

    def images(self, points: Float[Tensor, "n latent"]) -> Float[Tensor, "n channels height width"]:
        """What is there."""
        mean, spread = self._constants
        return (self._pipeline.pictures(points, shape_of(self.task.input_spec)) - mean) / spread

    def clean(
        self, points: Float[Tensor, "n latent"], times: Float[Tensor, " n"], groups: Int[Tensor, " n"], guidance: float
    ) -> Float[Tensor, "n latent"]:
        """Where points of classes are clean."""
        told = self._told
        return self._pipeline.clean(points, times, told[groups], told[-1:], guidance)

    @cached_property
    def _pipeline(self) -> DiffusionPipeline:
        return diffusion_pipeline(self.model, self.task.device)

    @cached_property
    def _told(self) -> Tensor:
        return self._pipeline.told(self.task.groups.names)

    @cached_property
    def _constants(self) -> tuple[Tensor, Tensor]:
        """Of pixels in [0, 1], per channel."""
        known = (self.task.preprocessing[name] for name in ("mean", "std"))
        mean, spread = (torch.tensor(values, device=self.task.device).view(1, -1, 1, 1) for values in known)
        return mean, spread
