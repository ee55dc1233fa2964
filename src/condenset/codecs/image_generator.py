"""Image generator: images are what a small network draws of a few numbers each; a set stores, and learns, both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.func import functional_call

from condenset.assets.asset import AssetStore
from condenset.assets.image_autoencoders import USUAL, ImageAutoencoderStore
from condenset.codecs.codec import Codec
from condenset.codecs.images import expect_images, image_shape, stored_shape
from condenset.codecs.latent import Drawn, decoder_from, expect_latent
from condenset.codecs.parametric import LearntParametric, Parametric, learnt, restored
from condenset.codecs.restoring import below
from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.nets.image_autoencoder import ImageDecoder
from condenset.tasks.task import Task

_SIZE, _WIDTH, _FIT, _RATE = 16, 8, 50, 0.05
_PROBES = 8  # random directions of all images, by which the scale of the generator's numbers is found


class ImageGenerator(Parametric):
    """Stores numbers of the images (items, size) float32 and the parameters of the generator that draws them, which are
    as much of the set as these are: their bytes count.

    DiM (Wang et al., DiM: Distilling Dataset into Generative Model, 2023, arXiv 2303.04707) stores a generator that is
    told classes and draws of new noise in every epoch; here every image has numbers of its own, which are learnt too,
    and the generator begins as the decoder of an autoencoder of the training images.
    """

    form: Drawn

    def __init__(self, form: Drawn, data: Float[Tensor, "items size"]) -> None:
        """Args: form, how they become images; data, the numbers."""
        super().__init__(replace(form, place=None), data)
        self.generator = form.decoder.requires_grad_()

    def fields(self) -> dict[str, Any]:
        """The shape of an image."""
        return {"input_shape": list(self.form.shape)}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The generator."""
        return ("generator.",)

    @staticmethod
    def item_bytes(inputs: Leaf, size: int = _SIZE, width: int = _WIDTH, fit: int = _FIT) -> int:
        """Of its numbers."""
        image_shape(inputs, "image-generator")
        _expect(size, width)
        return 4 * size

    @staticmethod
    def shared_bytes(inputs: Leaf, size: int = _SIZE, width: int = _WIDTH, fit: int = _FIT) -> int:
        """Of the generator."""
        _expect(size, width)
        drawn = _drawn(image_shape(inputs, "image-generator"), size, width)
        return 4 * sum(parameter.numel() for parameter in drawn.parameters())

    @staticmethod
    def stores(task: Task, size: int = _SIZE, width: int = _WIDTH, fit: int = _FIT) -> Sequence[AssetStore]:
        """Where the autoencoder is kept whose decoder the generator begins as."""
        return (_store(task, size, width),)

    @classmethod
    def encode(
        cls, inputs: Inputs, task: Task, size: int = _SIZE, width: int = _WIDTH, fit: int = _FIT
    ) -> LearntImageGenerator:
        """Fit the numbers to every example (items, channels, height, width) by `fit` steps of Adam, from where the
        autoencoder sees it.

        Args: size, numbers of an image; width, channels of the generator's maps. Raises `RequestError` for inputs that
        are no images, and for less than a number, a channel or a step.
        """
        images = expect_images(inputs, "image-generator")
        model = _store(task, size, width).model()
        form = Drawn(image_shape(Leaf(tuple(images.shape[1:])), "image-generator"), 0, model.decoder, model)
        return LearntImageGenerator(learnt(cls, form, images, fit, _RATE))

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> ImageGenerator:
        """Rebuild from "data" (items, size) and the generator. Raises `ArtifactError` where they do not fit."""
        shape = stored_shape(fields)
        form = Drawn(shape, 0, decoder_from(shape, below(tensors, "generator.")))
        return cls(form, restored(form, tensors))


class LearntImageGenerator(Codec):
    """Numbers and generator while they are learnt, the parameters of each of its tensors times a scale of that tensor,
    so that rates for pixels do for them as well."""

    scales: Tensor

    def __init__(self, begun: LearntParametric) -> None:
        """Args: begun, numbers of images, drawn by a frozen decoder."""
        super().__init__()
        assert isinstance(begun.form, Drawn)
        self.numbers, self._form = begun, begun.form
        parameters = {name: value.detach() for name, value in self._form.decoder.named_parameters()}
        self._names, scales = list(parameters), _scales(self._form.decoder, parameters, begun.data / begun.scale)
        self.register_buffer("scales", scales)
        scaled = zip(parameters.values(), scales, strict=True)
        self.generator = nn.ParameterList([nn.Parameter(value * scale) for value, scale in scaled])

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Float[Tensor, "items channels height width"]:
        """Images (items, channels, height, width), all or those chosen."""
        numbers = (self.numbers.data if index is None else self.numbers.data[index]) / self.numbers.scale
        images: Tensor = functional_call(self._form.decoder, self._plain_generator(), (numbers,))
        return images

    def fields(self) -> dict[str, Any]:
        """As of what is stored."""
        return {"input_shape": list(self._form.shape)}

    def stored(self) -> ImageGenerator:
        """Numbers and generator as they are."""
        decoder = _drawn(self._form.shape, self._form.decoder.latent, self._form.decoder.width)
        decoder.load_state_dict(self._plain_generator())
        return ImageGenerator(replace(self._form, decoder=decoder), self.numbers.data / self.numbers.scale)

    def _plain_generator(self) -> dict[str, Tensor]:
        scaled = zip(self._names, self.generator, self.scales, strict=True)
        return {name: parameter / scale for name, parameter, scale in scaled}


def _expect(size: int, width: int) -> None:
    """Raises `RequestError` for a generator of nothing."""
    expect_latent(size)
    if width < 1:
        raise RequestError(f"a generator has width={width} channels: expected 1 or more")


def _store(task: Task, size: int, width: int) -> ImageAutoencoderStore:
    _expect(size, width)
    return ImageAutoencoderStore(task, replace(USUAL, latent=size, width=width))


def _drawn(shape: tuple[int, int, int], size: int, width: int) -> ImageDecoder:
    return ImageDecoder(shape, width, size, torch.Generator())


def _scales(
    decoder: ImageDecoder, parameters: Mapping[str, Tensor], numbers: Float[Tensor, "items size"]
) -> Float[Tensor, " tensors"]:
    """The root of the sum of all pixels' squared derivatives by the parameters of a tensor, over all images, times the
    root of how many tensors there are, as `scale_of` has it for numbers."""
    generator, squares = Rng(0).child("probes").torch(), torch.zeros(len(parameters), device=numbers.device)
    own = {name: value.clone().requires_grad_() for name, value in parameters.items()}
    with torch.enable_grad():
        images = functional_call(decoder, own, (numbers.detach(),))
        for _ in range(_PROBES):
            signs = 2.0 * torch.randint(2, images.shape, generator=generator).to(images) - 1
            slopes = torch.autograd.grad((images * signs).sum(), list(own.values()), retain_graph=True)
            squares += torch.stack([slope.square().sum() for slope in slopes]) / _PROBES
    return (len(parameters) * squares).sqrt().clamp(min=1e-12)


CODEC = ImageGenerator
