"""The denoiser: what it is told, guidance between two answers, and the error of a velocity."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.kernels.diffusion import denoised, noised, velocity
from condenset.nets.latent_denoiser import LatentDenoiser

MODEL = LatentDenoiser(latent=4, groups=3, width=8, depth=2, generator=Rng(0).torch())
CLEAN, NOISE = (torch.randn(5, 4, generator=Rng(seed).torch()) for seed in (1, 2))
TIMES, GROUPS = torch.linspace(0.1, 0.9, 5), torch.tensor([0, 1, 2, 0, 1])


def test_time_and_group_are_told_and_the_group_only_where_it_is_known() -> None:
    found = MODEL(CLEAN, TIMES, GROUPS)
    assert found.shape == (5, 4)
    assert not torch.allclose(found, MODEL(CLEAN, TIMES.flip(0), GROUPS))
    other = MODEL(CLEAN, TIMES, (GROUPS + 1) % 3)
    assert not torch.allclose(found, other)
    nobody = torch.zeros(5, dtype=torch.bool)
    torch.testing.assert_close(MODEL(CLEAN, TIMES, GROUPS, nobody), MODEL(CLEAN, TIMES, (GROUPS + 1) % 3, nobody))
    torch.testing.assert_close(MODEL(CLEAN, TIMES, GROUPS, ~nobody), found)


def test_guidance_goes_from_no_group_to_the_group_and_beyond() -> None:
    none, there, beyond = (MODEL.clean(CLEAN, TIMES, GROUPS, guidance) for guidance in (0.0, 1.0, 3.0))
    torch.testing.assert_close(there, denoised(CLEAN, MODEL(CLEAN, TIMES, GROUPS), TIMES))
    torch.testing.assert_close(beyond, none + 3 * (there - none), atol=1e-5, rtol=1e-4)


def test_losses_are_errors_of_the_velocity() -> None:
    known = torch.ones(5, dtype=torch.bool)
    losses, clean = MODEL.losses(CLEAN, NOISE, TIMES, GROUPS, known)
    points = noised(CLEAN, NOISE, TIMES)
    found = MODEL(points, TIMES, GROUPS)
    torch.testing.assert_close(losses, (found - velocity(CLEAN, NOISE, TIMES)).square().mean(1))
    torch.testing.assert_close(clean, MODEL.clean(points, TIMES, GROUPS))
