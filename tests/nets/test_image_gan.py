"""Generator and critic: losses by hand, and that each player moves its own part alone."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.nets.image_autoencoder import padded
from condenset.nets.image_gan import ImageGan

SHAPE = (1, 6, 8)


def parts() -> tuple[ImageGan, torch.Tensor, torch.Tensor]:
    model = ImageGan(SHAPE, 4, 3, Rng(0).torch())
    images, noise = (torch.randn(5, *size, generator=Rng(1).torch()) for size in (SHAPE, (3,)))
    return model, images, noise


def test_losses_are_hinges_of_both_and_the_slope() -> None:
    model, images, noise = parts()
    real = padded(images).requires_grad_()
    judged = model.critic(real)[:, 0]
    slope = torch.autograd.grad(judged.sum(), real)[0].square().flatten(1).sum(1)
    fake = model.critic(padded(model.decoder(noise)))[:, 0]
    expected = F.relu(1 - judged) + F.relu(1 + fake) - fake
    torch.testing.assert_close(model.losses(images, noise, 0.0), expected)
    torch.testing.assert_close(model.losses(images, noise, 3.0), expected + 1.5 * slope)


def test_each_player_moves_its_own_part() -> None:
    """The critic by its hinges alone, the generator by the critic's word alone."""
    model, images, noise = parts()
    model.losses(images, noise, 0.0).mean().backward()
    found = {name: value.grad.clone() for name, value in model.named_parameters()}
    model.zero_grad()
    fake = model.critic(padded(model.decoder(noise).detach()))[:, 0]
    (F.relu(1 - model.critic(padded(images))[:, 0]) + F.relu(1 + fake)).mean().backward()
    for name, value in model.critic.named_parameters():
        torch.testing.assert_close(found[f"critic.{name}"], value.grad)
    model.zero_grad()
    (-model.critic(padded(model.decoder(noise)))[:, 0]).mean().backward()
    for name, value in model.decoder.named_parameters():
        torch.testing.assert_close(found[f"decoder.{name}"], value.grad)
