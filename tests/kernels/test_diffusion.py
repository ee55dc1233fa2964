"""Diffusion on a circle: identities of its points, and exact paths of data whose denoiser is known in closed form."""

from __future__ import annotations

import math

import pytest
import torch

from condenset.core.rng import Rng
from condenset.kernels.diffusion import denoised, descended, noised, reminded, velocity


def pair() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    clean, noise = (torch.randn(50, 3, generator=Rng(seed).torch(), dtype=torch.float64) for seed in (0, 1))
    return clean, noise, torch.linspace(0.02, 0.98, 50, dtype=torch.float64)


def test_points_keep_their_variance_and_velocity_is_their_derivative() -> None:
    clean, noise, times = pair()
    points = noised(clean, noise, times)
    assert points[0].tolist() == pytest.approx(clean[0].tolist(), abs=0.1)
    torch.testing.assert_close(noised(clean, clean * 0, times * 0), clean)
    step = 1e-5
    moved = (noised(clean, noise, times + step) - points) / (math.pi / 2 * step)
    torch.testing.assert_close(moved, velocity(clean, noise, times), atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(denoised(points, velocity(clean, noise, times), times), clean)


def test_one_known_point_is_found_from_any_noise() -> None:
    known = torch.tensor([[2.0, -1.0, 0.5]]).expand(4, 3)
    found = descended(torch.randn(4, 3, generator=Rng(0).torch()), lambda points, times: known, steps=7)
    torch.testing.assert_close(found, known, atol=1e-5, rtol=1e-5)


def test_normal_data_of_variance_one_are_where_their_points_were() -> None:
    """Their best denoiser is cos * point, under which a point does not move at all, in the limit of many steps."""
    points = torch.randn(6, 2, generator=Rng(0).torch())
    denoise = lambda at, times: (math.pi / 2 * times).cos()[:, None] * at
    few, many = (descended(points, denoise, steps) for steps in (20, 2000))
    assert (many - points).abs().max() < 0.03 < (few - points).abs().max()


def test_a_pull_goes_to_where_it_leads_while_it_lasts() -> None:
    points, mode = torch.randn(6, 2, generator=Rng(0).torch()), torch.tensor([3.0, 3.0])
    denoise = lambda at, times: (math.pi / 2 * times).cos()[:, None] * at
    pull = lambda clean, time: torch.lerp(clean, mode.expand_as(clean), 0.3) if time > 0.5 else clean
    far = lambda found: (found - mode).norm(dim=1)
    assert (far(descended(points, denoise, 50, pull=pull)) < far(descended(points, denoise, 50))).all()


def test_it_begins_where_it_is_told() -> None:
    seen: list[float] = []

    def denoise(at: torch.Tensor, times: torch.Tensor) -> torch.Tensor:
        seen.append(times[0].item())
        return at

    descended(torch.ones(1, 1), denoise, 4, start=0.6)
    assert seen == pytest.approx([0.6, 0.45, 0.3, 0.15])


def test_what_was_learnt_is_told_less_and_less() -> None:
    """By a denoiser that always says one point, the last two steps of three as one writes them down."""
    learnt, said = torch.tensor([[1.0, -2.0]]), torch.tensor([[0.5, 0.5]])
    angle = lambda time: math.pi / 2 * time
    first, second, third = 0.99, 0.66, 0.33
    at = math.cos(angle(first)) * learnt
    for now, then, share in ((first, second, 1.0), (second, third, 0.5)):
        noise = (at - math.cos(angle(now)) * said) / math.sin(angle(now))
        at = math.cos(angle(then)) * (share * learnt + (1 - share) * said) + math.sin(angle(then)) * noise
    times: list[float] = []

    def denoise(points: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
        times.append(now.item())
        return said if now > 0.5 else points

    torch.testing.assert_close(reminded(learnt, denoise, 3), at, atol=1e-6, rtol=1e-6)
    assert times == pytest.approx([first, second, third], abs=1e-6)
