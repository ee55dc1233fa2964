"""Denoised: images are what a frozen diffusion model makes of points and classes, both of which are learnt."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.latent_diffusion import Diffusing, LatentDiffusionStore
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.latent import decoder_from, expect_latent
from condenset.codecs.parametric import LearntParametric, Parametric, learnt, restored, whole
from condenset.codecs.restoring import below, expect_tensor, with_parameters
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.spec import Leaf
from condenset.kernels.diffusion import reminded
from condenset.nets.image_autoencoder import ImageDecoder
from condenset.nets.latent_denoiser import LatentDenoiser
from condenset.tasks.task import Task

_RATE = 0.05
_SIZE, _STEPS, _GUIDANCE, _FIT = 32, 10, 3.0, 50
_MOST = 100  # steps of denoising


@dataclass(frozen=True)
class Denoised:
    """Images as a diffusion model makes them of a point of its space and of what is told of its class.

    Attributes:
        shape: (channels, height, width) of the image.
        steps: of denoising.
        guidance: how far what is told is followed, see `LatentDenoiser.clean`.
        denoiser, decoder: frozen.
        mean, spread: (latent,) of what the decoder draws of.
        place: says where in the space images lie; None: of the model that is not known.
    """

    shape: tuple[int, int, int]
    steps: int
    guidance: float
    denoiser: LatentDenoiser = field(repr=False, compare=False)
    decoder: ImageDecoder = field(repr=False, compare=False)
    mean: Float[Tensor, " latent"] = field(repr=False, compare=False)
    spread: Float[Tensor, " latent"] = field(repr=False, compare=False)
    place: Callable[[Tensor], Tensor] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Raises `RequestError` for what are no steps of denoising, and no guidance."""
        if not (2 <= self.steps <= _MOST and 0 <= self.guidance < math.inf):
            raise RequestError(
                f"images are denoised in steps={self.steps} with guidance={self.guidance}: expected 2 to {_MOST} steps "
                "and a guidance from 0 on"
            )

    @property
    def numbers(self) -> int:
        """Of the point, and of what is told of its class."""
        return 2 * self.denoiser.latent

    @property
    def held(self) -> int:
        """Of all layers of the denoiser at every step, twice, and of the decoder."""
        channels, height, width = self.shape
        return 2 * self.steps * self.denoiser.held + 4 * self.decoder.numbers(1) + 2 * channels * height * width

    def begin(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n numbers"]:
        """Where the model sees the images, of no class."""
        assert self.place is not None
        with torch.no_grad():
            return F.pad(self.place(images), (0, self.denoiser.latent))

    def __call__(self, numbers: Float[Tensor, "n numbers"]) -> Float[Tensor, "n channels height width"]:
        """What is drawn of the points once they are denoised."""
        denoiser, decoder = self.denoiser.to(numbers.device), self.decoder.to(numbers.device)
        points, told = numbers.chunk(2, 1)
        clean = reminded(points, lambda at, times: denoiser.clean(at, times, told, self.guidance), self.steps)
        images: Tensor = decoder(clean * self.spread.to(clean) + self.mean.to(clean))
        return images


class DenoisedImages(Parametric):
    """Stores a point of a latent space and what is told of its class, as many numbers (items, 2 * size) float32, of
    which a frozen diffusion model makes the image (Moser et al., Latent Dataset Distillation with Diffusion Models,
    2024, arXiv 2403.03881).

    The model and the decoder of its space are trained on the images. They are no part of what is stored: the set is
    saved with both beside, as an asset, whose bytes count apart.
    """

    decodes_by_file: ClassVar[bool] = True

    form: Denoised

    def __init__(self, form: Denoised, data: Float[Tensor, "items numbers"]) -> None:
        """Args: form, how they become images; data, the numbers."""
        super().__init__(replace(form, place=None), data)

    def apart(self) -> dict[str, Tensor]:
        """The parameters of decoder and denoiser, by name, and where the latent space lies."""
        form = self.form
        parts = {"decoder": form.decoder, "denoiser": form.denoiser}
        values = {f"{part}.{name}": value for part, of in parts.items() for name, value in of.state_dict().items()}
        return {name: value.detach() for name, value in {**values, "mean": form.mean, "spread": form.spread}.items()}

    @staticmethod
    def item_bytes(
        inputs: Leaf, size: int = _SIZE, steps: int = _STEPS, guidance: float = _GUIDANCE, fit: int = _FIT
    ) -> int:
        """Of the point and what is told."""
        image_shape(inputs, "denoised")
        return 4 * 2 * size

    @staticmethod
    def stores(
        task: Task, size: int = _SIZE, steps: int = _STEPS, guidance: float = _GUIDANCE, fit: int = _FIT
    ) -> Sequence[AssetStore]:
        """Where the diffusion model and its autoencoder are kept."""
        store = _store(task, size)
        return store.autoencoder, store

    @classmethod
    def encode(
        cls,
        inputs: Inputs,
        task: Task,
        size: int = _SIZE,
        steps: int = _STEPS,
        guidance: float = _GUIDANCE,
        fit: int = _FIT,
    ) -> LearntParametric:
        """Fit the numbers to every example (items, channels, height, width) by `fit` steps of Adam, from where the
        model sees it, of no class.

        Args: size, numbers of the latent space; steps, of denoising; guidance, how far what is told is followed. Raises
        `RequestError` for inputs that are no images, and for numbers that are none of these.
        """
        images = expect_images(inputs, "denoised")
        store = _store(task, size)
        channels, height, width = images.shape[1:]
        denoiser, decoder, space = store.model(), store.autoencoder.model().decoder, store.space
        shape = channels, height, width
        form = Denoised(shape, steps, guidance, denoiser, decoder, space.mean, space.spread, space.place)
        return learnt(cls, form, images, fit, _RATE)

    @classmethod
    def restore(
        cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor], apart: Mapping[str, Tensor]
    ) -> DenoisedImages:
        """Rebuild from "data" (items, numbers) and the prior. Raises `ArtifactError` where they do not fit."""
        shape, steps, guidance = stored_shape(fields), whole(fields, "steps"), fields.get("guidance")
        if not isinstance(guidance, int | float):
            raise ArtifactError(f"guidance {guidance!r:.40} of images is impossible: expected a number")
        decoder, denoiser = decoder_from(shape, below(apart, "decoder.")), _denoiser_from(below(apart, "denoiser."))
        mean, spread = (expect_tensor(apart, name, 1) for name in ("mean", "spread"))
        if not decoder.latent == denoiser.latent == len(mean) == len(spread):
            raise ArtifactError("denoiser and decoder of the set have other latent spaces: it is altered")
        try:
            form = Denoised(shape, steps, float(guidance), denoiser, decoder, mean, spread)
        except RequestError as error:
            raise ArtifactError(str(error)) from error
        return cls(form, restored(form, tensors))


def _store(task: Task, size: int) -> LatentDiffusionStore:
    expect_latent(size)
    how = Diffusing()
    return LatentDiffusionStore(task, replace(how, autoencoder=replace(how.autoencoder, latent=size)))


def _denoiser_from(parameters: Mapping[str, Tensor]) -> LatentDenoiser:
    """The frozen denoiser of these parameters, whose sizes they say: it takes no more memory than they do."""
    groups, latent = expect_tensor(parameters, "classes", 2).shape
    width = len(expect_tensor(parameters, "read.weight", 2))
    depth = len({name.split(".")[1] for name in parameters if name.startswith("layers.")})
    for name in (f"layers.{number}.{part}.weight" for number in range(depth) for part in (1, 3)):
        if expect_tensor(parameters, name, 2).shape != (width, width):
            raise ArtifactError(f"tensor {name!r} of the set's denoiser is not {width} x {width}: it is altered")
    drawn = LatentDenoiser(latent, groups, width, depth, torch.Generator())
    return with_parameters(drawn, parameters, "denoiser").requires_grad_(False)


CODEC = DenoisedImages
