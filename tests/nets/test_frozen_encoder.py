"""A frozen encoder: what it makes of pictures does not depend on who else is read, and can be differentiated."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.nets.encoder_weights import encoder_body, keep_encoder
from condenset.nets.frozen_encoder import frozen_encoder
from tests.examples import normal
from tests.tasks.pictures.encoders import MODEL, weights


def test_pictures_are_enlarged_bicubically_and_read_the_same_alone() -> None:
    address = keep_encoder(MODEL, weights()).address
    encoder, images = frozen_encoder(address, 48), normal(19, 3, 16, 16)
    vectors = encoder(images)
    larger = F.interpolate(images, (48, 48), mode="bicubic", antialias=True)
    torch.testing.assert_close(vectors, encoder_body(address)(larger), rtol=1e-4, atol=1e-5)
    assert torch.equal(encoder(images[3:5]), vectors[3:5])
    torch.testing.assert_close(encoder(images.clone().requires_grad_()).detach(), vectors, rtol=1e-4, atol=1e-5)


def test_grey_and_oblong_pictures_are_read_and_gradients_are_those_of_small_steps() -> None:
    encoder = frozen_encoder(keep_encoder(MODEL, weights()).address, 32)
    grey = normal(2, 1, 8, 12)
    torch.testing.assert_close(encoder(grey), encoder(grey.expand(-1, 3, -1, -1)))
    images, direction = normal(1, 3, 8, 8).requires_grad_(), normal(1, 3, 8, 8, seed=1)
    (gradient,) = torch.autograd.grad(encoder(images).sum(), images)
    there, back = (encoder(images.detach() + step * direction).sum().item() for step in (1e-2, -1e-2))
    assert abs((there - back) / 2e-2 - (gradient * direction).sum().item()) < 0.05 * gradient.norm().item()


def test_what_was_read_in_inference_mode_can_be_learnt_from() -> None:
    encoder, images = frozen_encoder(keep_encoder(MODEL, weights()).address, 32), normal(3, 3, 8, 8, seed=7)
    with torch.inference_mode():
        first = encoder(images)
    weight = torch.ones(first.shape[1], 1, requires_grad=True)
    (encoder(images) @ weight).sum().backward()
    assert torch.isfinite(weight.grad).all()
