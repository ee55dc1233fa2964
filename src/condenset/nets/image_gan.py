"""A generator of images and the critic that it learns from: what it draws is to be taken for real.

No architecture for learners: it says no class.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import functional_call

from condenset.nets.image_autoencoder import ImageDecoder, draw_parameters, padded, seen_in_patches


class ImageGan(nn.Module):
    """A decoder of images that draws of normal numbers, and a critic of patches and what is around them (Goodfellow et
    al., Generative Adversarial Nets, NeurIPS 2014, arXiv 1406.2661)."""

    def __init__(self, shape: tuple[int, int, int], width: int, latent: int, generator: torch.Generator) -> None:
        """Args: as of `ImageDecoder`."""
        super().__init__()
        self.decoder = ImageDecoder(shape, width, latent, generator)
        flat = self.decoder.numbers(1)
        around = (nn.Conv2d(width, width, 3, 1, 1), nn.LeakyReLU(0.2), nn.Flatten(), nn.Linear(flat, 1))
        self.critic = nn.Sequential(seen_in_patches(shape, width), nn.LeakyReLU(0.2), *around)
        draw_parameters(self.critic, generator)

    def losses(
        self, images: Float[Tensor, "n channels height width"], noise: Float[Tensor, "n latent"], smooth: float
    ) -> Float[Tensor, " n"]:
        """The hinge losses of both (Lim & Ye, Geometric GAN, 2017, arXiv 1705.02894), each of which moves its own part
        alone, so that one step of descent on all parameters is one of both players.

        Args: noise, standard normal; smooth, half of this times the squared slope of the critic at real images is added
        (Mescheder, Geiger & Nowozin, ICML 2018, arXiv 1801.04406).
        """
        drawn, real = self.decoder(noise), padded(images).requires_grad_()
        judged = self.critic(real)[:, 0]
        (slope,) = torch.autograd.grad(judged.sum(), real, create_graph=True)
        told = F.relu(1 - judged) + F.relu(1 + self._judged(drawn.detach()))
        frozen = {name: value.detach() for name, value in self.critic.named_parameters()}
        fooled = -functional_call(self.critic, frozen, (padded(drawn),))[:, 0]
        return told + fooled + smooth / 2 * slope.square().flatten(1).sum(1)

    def _judged(self, images: Float[Tensor, "n channels height width"]) -> Float[Tensor, " n"]:
        judged: Tensor = self.critic(padded(images))
        return judged[:, 0]
