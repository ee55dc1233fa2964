"""Diffusion on the quarter circle: at time t in [0, 1] a point is cos(pi t / 2) * clean + sin(pi t / 2) * noise.

So its variance is that of the data, where theirs is 1 (the cosine schedule of Nichol & Dhariwal, ICML 2021, arXiv
2102.09672, without its offset; Salimans & Ho, ICLR 2022, arXiv 2202.00512).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor

Denoiser = Callable[[Float[Tensor, "n d"], Float[Tensor, " n"]], Float[Tensor, "n d"]]
_LAST = 0.99  # latest time that is denoised from: at 1 a point tells nothing


def noised(
    clean: Float[Tensor, "n d"], noise: Float[Tensor, "n d"], times: Float[Tensor, " n"]
) -> Float[Tensor, "n d"]:
    """Points at their times."""
    angle = (math.pi / 2 * times)[:, None]
    return angle.cos() * clean + angle.sin() * noise


def velocity(
    clean: Float[Tensor, "n d"], noise: Float[Tensor, "n d"], times: Float[Tensor, " n"]
) -> Float[Tensor, "n d"]:
    """How points move along the circle, per angle."""
    angle = (math.pi / 2 * times)[:, None]
    return angle.cos() * noise - angle.sin() * clean


def denoised(
    points: Float[Tensor, "n d"], velocities: Float[Tensor, "n d"], times: Float[Tensor, " n"]
) -> Float[Tensor, "n d"]:
    """Where the circle that points are on is clean."""
    angle = (math.pi / 2 * times)[:, None]
    return angle.cos() * points - angle.sin() * velocities


def descended(
    points: Float[Tensor, "n d"],
    denoise: Denoiser,
    steps: int,
    start: float = 1.0,
    pull: Callable[[Float[Tensor, "n d"], float], Float[Tensor, "n d"]] = lambda clean, time: clean,
) -> Float[Tensor, "n d"]:
    """Clean points from those at time `start`, in so many even steps without new noise (Song, Meng & Ermon, Denoising
    Diffusion Implicit Models, ICLR 2021, arXiv 2010.02502); differentiable.

    Args: denoise, says of points and times where they are clean; pull, moves that, given the time.
    """
    times = torch.linspace(min(start, _LAST), 0, steps + 1).tolist()
    for now, then in pairwise(times):
        clean = pull(denoise(points, torch.full_like(points[:, 0], now)), now)
        points = _at(then, clean, _noise_of(points, clean, now))
    return points


def reminded(learnt: Float[Tensor, "n d"], denoise: Denoiser, steps: int) -> Float[Tensor, "n d"]:
    """Clean points from learnt ones, in so many even steps from where these are noised, which are told again at every
    step, less and less (Moser et al., Latent Dataset Distillation with Diffusion Models, 2024, arXiv 2403.03881);
    differentiable.

    What a point is thought to be when clean is mixed with what was learnt, and the noise in it is not, as the paper's
    code does. Its noise is drawn; here it is 0, so that the same numbers always make the same point.
    """
    times = torch.linspace(_LAST, 0, steps + 1).tolist()
    points = _at(_LAST, learnt, torch.zeros_like(learnt))
    for number, (now, then) in enumerate(pairwise(times)):
        clean = denoise(points, torch.full_like(points[:, 0], now))
        share = 1 - number / max(steps - 1, 1)
        points = _at(then, torch.lerp(clean, learnt, share), _noise_of(points, clean, now))
    return points


def _at(time: float, clean: Float[Tensor, "n d"], noise: Float[Tensor, "n d"]) -> Float[Tensor, "n d"]:
    return math.cos(math.pi / 2 * time) * clean + math.sin(math.pi / 2 * time) * noise


def _noise_of(points: Float[Tensor, "n d"], clean: Float[Tensor, "n d"], time: float) -> Float[Tensor, "n d"]:
    return (points - math.cos(math.pi / 2 * time) * clean) / math.sin(math.pi / 2 * time)
