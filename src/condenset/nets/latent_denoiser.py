"""A denoiser of points of a latent space: residual layers that are told the time and the class.

No architecture for learners: it says no class.
"""

from __future__ import annotations

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.kernels.diffusion import denoised, noised, velocity
from condenset.nets.image_autoencoder import draw_parameters

_WAVES = 16  # frequencies that a time is told in


class LatentDenoiser(nn.Module):
    """Says the velocity of a point, from which follows where it is clean."""

    def __init__(self, latent: int, groups: int, width: int, depth: int, generator: torch.Generator) -> None:
        """Args: latent, numbers of a point, and of what a class is told in; groups, classes that there are; width and
        depth, of the residual layers; generator, of the initial parameters."""
        super().__init__()
        self.latent, self.held = latent, (3 * depth + 2) * width + 2 * latent
        self.classes = nn.Parameter(torch.randn(groups, latent, generator=generator))
        self.read = nn.Linear(latent, width)
        self.told = nn.Linear(2 * _WAVES + latent, width)
        self.layers = nn.ModuleList(
            nn.Sequential(nn.LayerNorm(width), nn.Linear(width, width), nn.SiLU(), nn.Linear(width, width))
            for _ in range(depth)
        )
        self.write = nn.Linear(width, latent)
        draw_parameters(self, generator)

    def forward(
        self,
        points: Float[Tensor, "n latent"],
        times: Float[Tensor, " n"],
        told: Float[Tensor, "n latent"],
    ) -> Float[Tensor, "n latent"]:
        """Velocities. Args: told, of each point, a row of `classes`; 0: no class."""
        waves = math.pi / 2 * times[:, None] * 2 ** torch.linspace(0, 6, _WAVES, device=times.device)
        told = self.told(torch.cat([waves.sin(), waves.cos(), told], 1))
        values = self.read(points)
        for layer in self.layers:
            values = values + layer(values + told)
        found: Tensor = self.write(values)
        return found

    def clean(
        self,
        points: Float[Tensor, "n latent"],
        times: Float[Tensor, " n"],
        told: Float[Tensor, "n latent"],
        guidance: float = 1.0,
    ) -> Float[Tensor, "n latent"]:
        """Where points are clean.

        Args: guidance, how far to go from what is said of a point of no known class to what is said of one of its class
        (Ho & Salimans, Classifier-Free Diffusion Guidance, 2022, arXiv 2207.12598); 1: there.
        """
        velocities = self(points, times, told)
        if guidance != 1.0:
            nowhere = self(points, times, torch.zeros_like(told))
            velocities = torch.lerp(nowhere, velocities, guidance)
        return denoised(points, velocities, times)

    def losses(
        self,
        clean: Float[Tensor, "n latent"],
        noise: Float[Tensor, "n latent"],
        times: Float[Tensor, " n"],
        told: Float[Tensor, "n latent"],
    ) -> tuple[Float[Tensor, " n"], Float[Tensor, "n latent"]]:
        """The mean squared error of the velocities, and where it says that points were clean."""
        points = noised(clean, noise, times)
        found = self(points, times, told)
        return (found - velocity(clean, noise, times)).square().mean(1), denoised(points, found, times)
