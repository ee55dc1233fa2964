"""The autoencoder of images: stages against PyTorch's own functions, sides that do not divide, errors by NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.image_autoencoder import ImageAutoencoder, ImageDecoder, numbers

SHAPE = (3, 10, 7)


def decoder() -> ImageDecoder:
    return ImageDecoder(SHAPE, 4, 5, Rng(0).torch())


def test_every_layer_leads_to_the_same_images() -> None:
    made, latents = decoder(), torch.randn(2, 5, generator=Rng(1).torch())
    images = made(latents)
    assert images.shape == (2, *SHAPE)
    for layer in (1, 2):
        deeper = made.between(latents, 0, layer)
        assert deeper.shape == (2, made.numbers(layer)) == (2, 4 * 3 * 2)
        torch.testing.assert_close(made(deeper, layer), images)


def test_a_stage_is_the_layer_that_it_is_said_to_be() -> None:
    made, latents = decoder(), torch.randn(2, 5, generator=Rng(1).torch())
    state = made.state_dict()
    maps = F.silu(latents @ state["stages.0.weight"].T + state["stages.0.bias"]).view(2, 4, 3, 2)
    maps = F.silu(F.conv2d(maps, state["stages.1.weight"], state["stages.1.bias"], padding=1))
    drawn = F.conv_transpose2d(maps, state["stages.2.weight"], state["stages.2.bias"], stride=4, padding=2)
    assert drawn.shape[2:] == (12, 8)
    torch.testing.assert_close(made(latents), drawn[..., :10, :7])


def test_losses_are_those_of_the_evidence_bound() -> None:
    """A normal law's divergence by NumPy, and the error of what is drawn of mean + noise * deviation."""
    model = ImageAutoencoder(SHAPE, 4, 5, Rng(0).torch())
    images, noise = (torch.randn(2, *size, generator=Rng(1).torch()) for size in (SHAPE, (5,)))
    mean, log_variance = (part.detach().double().numpy() for part in model._seen(images))
    divergence = (mean**2 + np.exp(log_variance) - 1 - log_variance).sum(1) / 2
    latents = torch.from_numpy(mean + noise.numpy() * np.exp(log_variance / 2)).float()
    error = np.square(model.decoder(latents).detach().numpy() - images.numpy()).reshape(2, -1).mean(1)
    np.testing.assert_allclose(model.losses(images, noise, 0.3).detach(), error + 0.3 * divergence / 210, rtol=1e-4)
    assert torch.equal(model(images), model._seen(images)[0])


def test_the_stream_decides_how_it_begins_and_images_keep_their_scale() -> None:
    first, again, other = (ImageDecoder((1, 28, 28), 32, 16, Rng(seed).torch()) for seed in (0, 0, 1))
    assert torch.equal(first.stages[1].weight, again.stages[1].weight)
    assert not torch.equal(first.stages[1].weight, other.stages[1].weight)
    spread = first(torch.randn(200, 16, generator=Rng(2).torch())).std().item()
    assert 0.3 < spread < 3


@pytest.mark.parametrize("layer", [-1, 3])
def test_a_layer_that_there_is_not_is_refused(layer: int) -> None:
    with pytest.raises(RequestError, match=f"layers 0 to 2 that can be learnt, got layer={layer}"):
        numbers(SHAPE, 4, 5, layer)
