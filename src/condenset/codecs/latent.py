"""Latent: images are what a frozen prior draws of numbers, which are learnt; the prior is an asset of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.image_autoencoders import ImageAutoencoderStore, ImageAutoencoding
from condenset.assets.image_gans import AdversarialTraining, ImageGanStore
from condenset.codecs.descending import Descending
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.parametric import LearntParametric, Parametric, learnt, restored
from condenset.codecs.restoring import expect_tensor, with_parameters
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError, UnknownNameError
from condenset.core.spec import Leaf
from condenset.nets.image_autoencoder import STAGES, ImageAutoencoder, ImageDecoder, numbers
from condenset.tasks.task import Task

_RATE = 0.05
_USUAL, _SIZE, _FIT = "autoencoder", 32, 50


@dataclass(frozen=True)
class _Prior:
    """A kind of prior.

    Attributes:
        kept: where it is.
        how: it is trained.
    """

    kept: type[ImageAutoencoderStore] | type[ImageGanStore]
    how: ImageAutoencoding | AdversarialTraining

    def store(self, task: Task, size: int) -> ImageAutoencoderStore | ImageGanStore:
        """Of a latent space of so many numbers. Raises `RequestError` for none."""
        expect_latent(size)
        made: ImageAutoencoderStore | ImageGanStore = self.kept(task, replace(self.how, latent=size))  # type: ignore[arg-type]
        return made


_PRIORS = {
    "autoencoder": _Prior(ImageAutoencoderStore, ImageAutoencoding()),
    "gan": _Prior(ImageGanStore, AdversarialTraining()),
}


@dataclass(frozen=True)
class Drawn:
    """Images as a decoder draws them of what stands before one of its stages.

    Attributes:
        shape: (channels, height, width) of the image.
        layer: the stage.
        decoder: which draws, frozen.
        place: says where images lie before the first stage; None: of the prior that is not known.
    """

    shape: tuple[int, int, int]
    layer: int
    decoder: ImageDecoder = field(repr=False, compare=False)
    place: ImageAutoencoder | None = field(default=None, repr=False, compare=False)

    @property
    def numbers(self) -> int:
        """Before the stage."""
        return self.decoder.numbers(self.layer)

    @property
    def held(self) -> int:
        """Of all stages, before and after their nonlinearities, and the image."""
        channels, height, width = self.shape
        return 4 * self.decoder.numbers(1) + 2 * channels * height * width

    def begin(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n numbers"]:
        """Where the prior sees the images, or in the middle of its latent space where it only draws."""
        decoder = self.decoder.to(images.device)
        with torch.no_grad():
            first = self.place(images) if self.place else images.new_zeros(len(images), decoder.latent)
            return decoder.between(first, 0, self.layer)

    def next(self, numbers: Float[Tensor, "n numbers"]) -> Float[Tensor, "n later"]:
        """What stands before the next stage."""
        return self.decoder.to(numbers.device).between(numbers, self.layer, self.layer + 1)

    def __call__(self, numbers: Float[Tensor, "n numbers"]) -> Float[Tensor, "n channels height width"]:
        """What the decoder draws."""
        images: Tensor = self.decoder.to(numbers.device)(numbers, self.layer)
        return images


class Latent(Parametric):
    """Stores what stands before a stage of a decoder (items, numbers) float32: numbers of the latent space itself (Duan
    et al., Dataset Distillation in Latent Space, 2023, arXiv 2311.15547), or maps deeper in (Cazenavette et al.,
    Generalizing Dataset Distillation via Deep Generative Prior, CVPR 2023, arXiv 2305.01649), which may be learnt stage
    by stage, see `Descending`.

    The decoder is that of a prior of the training images: an "autoencoder", or a "gan", in which images are found by
    descent alone (Zhao & Bilen, Synthesizing Informative Training Samples with GAN, 2022, arXiv 2204.07513). It is no
    part of what is stored: the set is saved with it beside, as an asset, whose bytes count apart.
    """

    decodes_by_file: ClassVar[bool] = True

    form: Drawn

    def __init__(self, form: Drawn, data: Float[Tensor, "items numbers"]) -> None:
        """Args: form, how they become images; data, the numbers."""
        super().__init__(replace(form, place=None), data)

    def apart(self) -> dict[str, Tensor]:
        """The parameters of the decoder, by name."""
        return {name: value.detach() for name, value in self.form.decoder.state_dict().items()}

    @staticmethod
    def item_bytes(
        inputs: Leaf,
        prior: str = _USUAL,
        size: int = _SIZE,
        layer: int = 0,
        first: int | None = None,
        fit: int = _FIT,
    ) -> int:
        """Of the numbers before the stage, which may be more than pixels are."""
        return 4 * numbers(image_shape(inputs, "latent"), _prior(prior).how.width, size, layer)

    @staticmethod
    def stores(
        task: Task,
        prior: str = _USUAL,
        size: int = _SIZE,
        layer: int = 0,
        first: int | None = None,
        fit: int = _FIT,
    ) -> Sequence[AssetStore]:
        """Where the prior is kept."""
        return (_prior(prior).store(task, size),)

    @classmethod
    def encode(
        cls,
        inputs: Inputs,
        task: Task,
        prior: str = _USUAL,
        size: int = _SIZE,
        layer: int = 0,
        first: int | None = None,
        fit: int = _FIT,
    ) -> LearntParametric | Descending:
        """Fit the numbers to every example (items, channels, height, width) by `fit` steps of Adam, from where the
        prior sees it.

        Args: prior, "autoencoder" or "gan"; size, numbers of the latent space; layer, the stage before which numbers
        are stored, 0 for that space; first, the one before which they are learnt first, and then before every further
        one, the same when left out. Raises `RequestError` for inputs that are no images, for a stage that there is not
        or that comes after the last, and for less than a number or a step, `UnknownNameError` for the prior.
        """
        images = expect_images(inputs, "latent")
        channels, height, width = images.shape[1:]
        kind = _prior(prior)
        numbers((channels, height, width), kind.how.width, size, layer)
        model = kind.store(task, size).model()
        place = model if isinstance(model, ImageAutoencoder) else None
        first = layer if first is None else first
        if not 0 <= first <= layer:
            raise RequestError(f"numbers are learnt from layer first={first} to layer={layer}: expected 0 to {layer}")
        stages = [Drawn((channels, height, width), stage, model.decoder, place) for stage in range(first, layer + 1)]
        begun = learnt(cls, stages[0], images, fit, _RATE)
        return begun if first == layer else Descending(cls, stages, begun.data.detach() / begun.scale)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor], apart: Mapping[str, Tensor]) -> Latent:
        """Rebuild from "data" (items, numbers) and the decoder. Raises `ArtifactError` where they do not fit."""
        shape, layer = stored_shape(fields), fields.get("layer")
        if type(layer) is not int or not 0 <= layer < STAGES:
            raise ArtifactError(f"layer {layer!r:.40} of a decoder is impossible: expected 0 to {STAGES - 1}")
        form = Drawn(shape, layer, decoder_from(shape, apart))
        return cls(form, restored(form, tensors))


def _prior(name: str) -> _Prior:
    if name not in _PRIORS:
        raise UnknownNameError("prior", name, _PRIORS)
    return _PRIORS[name]


def expect_latent(size: int) -> None:
    """Raises `RequestError` where a latent space of so many numbers has none."""
    if size < 1:
        raise RequestError(f"a latent space has size={size} numbers: expected 1 or more")


def decoder_from(shape: tuple[int, int, int], apart: Mapping[str, Tensor]) -> ImageDecoder:
    """The frozen decoder of these parameters, whose sizes they say: it takes no more memory than they do.

    Raises `ArtifactError` where they are none of one that draws such images.
    """
    (flat, latent), width = (
        expect_tensor(apart, "stages.0.weight", 2).shape,
        len(expect_tensor(apart, "stages.1.weight", 4)),
    )
    if flat != numbers(shape, width, latent, 1):
        raise ArtifactError(
            f"the decoder of the set draws no images of {shape}: it is another's, or the set is altered"
        )
    decoder = with_parameters(ImageDecoder(shape, width, latent, torch.Generator()), apart, "decoder")
    return decoder.requires_grad_(False)


CODEC = Latent
