"""The denoiser: what it is told, guidance between two answers, and the error of a velocity."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.kernels.diffusion import denoised, noised, velocity
from condenset.nets.latent_denoiser import LatentDenoiser

MODEL = LatentDenoiser(latent=4, groups=3, width=8, depth=2, generator=Rng(0).torch())
CLEAN, NOISE = (torch.randn(5, 4, generator=Rng(seed).torch()) for seed in (1, 2))
TIMES, TOLD = torch.linspace(0.1, 0.9, 5), MODEL.classes.detach()[[0, 1, 2, 0, 1]]


def test_time_and_group_are_told_and_it_matters_whether_a_group_is() -> None:
    found = MODEL(CLEAN, TIMES, TOLD)
    assert found.shape == (5, 4)
    assert not torch.allclose(found, MODEL(CLEAN, TIMES.flip(0), TOLD))
    others = [MODEL(CLEAN, TIMES, told) for told in (TOLD.flip(0), torch.zeros(5, 4))]
    assert not any(torch.allclose(found, other) for other in others)


def test_guidance_goes_from_no_group_to_the_group_and_beyond() -> None:
    none, there, beyond = (MODEL.clean(CLEAN, TIMES, TOLD, guidance) for guidance in (0.0, 1.0, 3.0))
    torch.testing.assert_close(there, denoised(CLEAN, MODEL(CLEAN, TIMES, TOLD), TIMES))
    torch.testing.assert_close(beyond, none + 3 * (there - none), atol=1e-5, rtol=1e-4)


def test_losses_are_errors_of_the_velocity() -> None:
    losses, clean = MODEL.losses(CLEAN, NOISE, TIMES, TOLD)
    points = noised(CLEAN, NOISE, TIMES)
    found = MODEL(points, TIMES, TOLD)
    torch.testing.assert_close(losses, (found - velocity(CLEAN, NOISE, TIMES)).square().mean(1))
    torch.testing.assert_close(clean, MODEL.clean(points, TIMES, TOLD))
