"""A denoiser of points of a latent space: residual layers that are told the time and the group.

No architecture for learners: it says no class.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from condenset.kernels.diffusion import denoised, noised, velocity
from condenset.nets.image_autoencoder import draw_parameters

_WAVES = 16  # frequencies that a time is told in


class LatentDenoiser(nn.Module):
    """Says the velocity of a point, from which follows where it is clean."""

    def __init__(self, latent: int, groups: int, width: int, depth: int, generator: torch.Generator) -> None:
        """Args: latent, numbers of a point; groups, that there are; width and depth, of the residual layers; generator,
        of the initial parameters."""
        super().__init__()
        self.groups = groups
        self.read = nn.Linear(latent, width)
        self.told = nn.Linear(2 * _WAVES + groups, width)
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
        groups: Int[Tensor, " n"],
        known: Bool[Tensor, " n"] | None = None,
    ) -> Float[Tensor, "n latent"]:
        """Velocities. Args: known, where the group is told; None: everywhere."""
        waves = math.pi / 2 * times[:, None] * 2 ** torch.linspace(0, 6, _WAVES, device=times.device)
        group = F.one_hot(groups, self.groups).to(points)
        group = group if known is None else group * known[:, None]
        told = self.told(torch.cat([waves.sin(), waves.cos(), group], 1))
        values = self.read(points)
        for layer in self.layers:
            values = values + layer(values + told)
        found: Tensor = self.write(values)
        return found

    def clean(
        self,
        points: Float[Tensor, "n latent"],
        times: Float[Tensor, " n"],
        groups: Int[Tensor, " n"],
        guidance: float = 1.0,
    ) -> Float[Tensor, "n latent"]:
        """Where points are clean.

        Args: guidance, how far to go from what is said of a point of no known group to what is said of one of its group
        (Ho & Salimans, Classifier-Free Diffusion Guidance, 2022, arXiv 2207.12598); 1: there.
        """
        velocities = self(points, times, groups)
        if guidance != 1.0:
            nowhere = self(points, times, groups, torch.zeros_like(groups, dtype=torch.bool))
            velocities = torch.lerp(nowhere, velocities, guidance)
        return denoised(points, velocities, times)

    def losses(
        self,
        clean: Float[Tensor, "n latent"],
        noise: Float[Tensor, "n latent"],
        times: Float[Tensor, " n"],
        groups: Int[Tensor, " n"],
        known: Bool[Tensor, " n"],
    ) -> tuple[Float[Tensor, " n"], Float[Tensor, "n latent"]]:
        """The mean squared error of the velocities, and where it says that points were clean."""
        points = noised(clean, noise, times)
        found = self(points, times, groups, known)
        return (found - velocity(clean, noise, times)).square().mean(1), denoised(points, found, times)
