"""A variational autoencoder of images: a few numbers say what an image looks like, and a decoder draws it again.

No architecture for learners: it says no class.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from condenset.core.errors import RequestError

STAGES = 3  # of a decoder
_STRIDE = 4  # pixels of a side that a place of a map stands for
_LEAST = -8.0  # of the log of a variance


class ImageDecoder(nn.Module):
    """Draws images in stages: a linear layer to maps of a quarter of the sides, a convolution of these, and a
    transposed one that draws overlapping patches. What stands before a stage is a layer that can be learnt."""

    def __init__(self, shape: tuple[int, int, int], width: int, latent: int, generator: torch.Generator) -> None:
        """Args: shape, (channels, height, width) of images; width, channels of the maps; latent, numbers of an image;
        generator, of the initial parameters."""
        super().__init__()
        self.shape, self.width, self.latent = shape, width, latent
        self.stages = nn.ModuleList(
            [
                nn.Linear(latent, numbers(shape, width, latent, 1)),
                nn.Conv2d(width, width, 3, 1, 1),
                nn.ConvTranspose2d(width, shape[0], 2 * _STRIDE, _STRIDE, _STRIDE // 2),
            ]
        )
        draw_parameters(self, generator)

    def forward(self, values: Float[Tensor, "n numbers"], layer: int = 0) -> Float[Tensor, "n channels height width"]:
        """Images (n, channels, height, width) of what stands before stage `layer`, a row (numbers,) for each."""
        _, height, across = self.shape
        maps = self.between(values, layer, STAGES - 1).unflatten(1, _maps(self.shape, self.width))
        images: Tensor = self.stages[-1](maps)
        return images[..., :height, :across]  # sides that do not divide are drawn larger

    def numbers(self, layer: int) -> int:
        """How many an image has before stage `layer`."""
        return numbers(self.shape, self.width, self.latent, layer)

    def between(self, values: Float[Tensor, "n numbers"], first: int, last: int) -> Float[Tensor, "n later"]:
        """What stands before stage `last`, a row for each of what stands before stage `first`."""
        for number in range(first, last):
            values = values.unflatten(1, _maps(self.shape, self.width)) if number else values
            values = F.silu(self.stages[number](values)).flatten(1)
        return values


class ImageAutoencoder(nn.Module):
    """Overlapping patches to maps, and these to mean and log variance of each number of the latent space, and a decoder
    (Kingma and Welling, Auto-Encoding Variational Bayes, ICLR 2014, arXiv 1312.6114)."""

    def __init__(self, shape: tuple[int, int, int], width: int, latent: int, generator: torch.Generator) -> None:
        """Args: as of `ImageDecoder`."""
        super().__init__()
        flat = numbers(shape, width, latent, 1)
        self.encoder = nn.Sequential(
            seen_in_patches(shape, width), nn.SiLU(), nn.Flatten(), nn.Linear(flat, 2 * latent)
        )
        draw_parameters(self.encoder, generator)
        self.decoder = ImageDecoder(shape, width, latent, generator)

    def forward(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n latent"]:
        """The mean of where images lie in the latent space."""
        return self._seen(images)[0]

    def losses(
        self, images: Float[Tensor, "n channels height width"], noise: Float[Tensor, "n latent"] | None, balance: float
    ) -> Float[Tensor, " n"]:
        """Squared error of a pixel, the mean, and `balance` times the divergence from a normal law, by pixel.

        Args: noise, standard normal; None: images are drawn of the means.
        """
        mean, log_variance = self._seen(images)
        latents = mean if noise is None else mean + noise * (log_variance / 2).exp()
        errors = (self.decoder(latents) - images).square().flatten(1)
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2
        return errors.mean(1) + balance * divergence / errors.shape[1]

    def _seen(self, images: Float[Tensor, "n channels height width"]) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(padded(images)).chunk(2, 1)
        return mean, log_variance.clamp(_LEAST, -_LEAST)


def seen_in_patches(shape: tuple[int, int, int], width: int) -> nn.Conv2d:
    """From `padded` images to maps of `width` channels, by patches that overlap as those that a decoder draws."""
    return nn.Conv2d(shape[0], width, 2 * _STRIDE, _STRIDE, _STRIDE // 2)


def padded(images: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n channels larger wider"]:
    """With sides that divide, by repeating the last row and column."""
    height, across = images.shape[2:]
    return F.pad(images, (0, -across % _STRIDE, 0, -height % _STRIDE), mode="replicate")


def numbers(shape: tuple[int, int, int], width: int, latent: int, layer: int) -> int:
    """How many numbers an image has before stage `layer` of a decoder. Raises `RequestError` where it has none such."""
    if not 0 <= layer < STAGES:
        raise RequestError(f"a decoder has layers 0 to {STAGES - 1} that can be learnt, got layer={layer}")
    return math.prod(_maps(shape, width)) if layer else latent


def draw_parameters(module: nn.Module, generator: torch.Generator) -> None:
    """Weights are normal with variance 2 / (inputs of an output), biases 0."""
    with torch.no_grad():
        for layer in module.modules():
            if isinstance(layer, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
                inputs = layer.weight[0].numel()
                if isinstance(layer, nn.ConvTranspose2d):
                    inputs = layer.in_channels * math.prod(layer.kernel_size) // math.prod(layer.stride)
                layer.weight.normal_(0, math.sqrt(2 / inputs), generator=generator)
                if layer.bias is not None:
                    layer.bias.zero_()


def _maps(shape: tuple[int, int, int], width: int) -> tuple[int, int, int]:
    """(channels, height, width) of the maps of an image."""
    return width, math.ceil(shape[1] / _STRIDE), math.ceil(shape[2] / _STRIDE)
