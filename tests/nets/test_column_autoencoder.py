"""The autoencoder of columns: vectors, views and errors against NumPy."""

from __future__ import annotations

import numpy as np
import torch

from condenset.core.columns import Columns
from condenset.core.rng import Rng
from condenset.nets.column_autoencoder import ColumnAutoencoder
from tests.conftest import close

LAYOUT = Columns(numbers=(0, 5), choices=((1, 4), (4, 5)))  # two numbers, three levels, and one that has no alternative
ROWS = torch.tensor([[0.5, 0, 1, 0, 1, -2.0], [1.5, 0, 0, 1, 1, 0.0], [-1.0, 0, 0, 0, 0, 3.0]])  # the last: unknown


def network(seed: int = 0) -> ColumnAutoencoder:
    return ColumnAutoencoder(LAYOUT, 2, size=3, hidden=(7, 6), latent=4, generator=Rng(seed).torch())


def through(layers: torch.nn.Sequential, values: np.ndarray) -> np.ndarray:
    linear = [layer for layer in layers if isinstance(layer, torch.nn.Linear)]
    for number, layer in enumerate(linear):
        values = values @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy()
        values = values if number == len(linear) - 1 else np.maximum(values, 0)
    return values


def test_a_number_scales_its_vector_and_a_category_looks_its_own_up() -> None:
    net = network()
    vectors, known = net.embedded(ROWS), net.embedding
    close(vectors[0], torch.stack([0.5 * known[0], -2 * known[5], known[2], known[4]]), 1e-6)
    close(vectors[1], torch.stack([1.5 * known[0], 0 * known[5], known[3], known[4]]), 1e-6)
    assert vectors[2, 2:].abs().max() == 0


def test_views_and_errors_are_those_of_numpy() -> None:
    net = network()
    with torch.no_grad():
        net.decoder[-1].bias.normal_(generator=Rng(1).torch())
    latents = net(ROWS)
    wide = net.embedded(ROWS).detach().double().numpy().reshape(3, -1)
    expected = through(net.encoder, wide)
    close(latents, torch.from_numpy(expected), 1e-5)
    emitted, rows = through(net.decoder, expected), ROWS.double().numpy()
    chance = emitted[:, 1:4] - np.log(np.exp(emitted[:, 1:4]).sum(1, keepdims=True))
    told = [(emitted[:, 0] - rows[:, 0]) ** 2, (emitted[:, 5] - rows[:, 5]) ** 2]
    told.append(-(rows[:, 1:4] * chance).sum(1) / np.log(3))
    close(net.reconstruction(ROWS, latents), torch.from_numpy(np.mean(told, axis=0)), 1e-5)
    assert net.head(latents).shape == (3, 2)


def test_to_know_nothing_of_a_category_costs_one() -> None:
    net = ColumnAutoencoder(Columns((), ((0, 4),)), 2, size=3, hidden=(5,), latent=2, generator=Rng(0).torch())
    with torch.no_grad():
        net.decoder[-1].weight.zero_()
    close(net.reconstruction(torch.eye(4), torch.zeros(4, 2)), torch.ones(4), 1e-6)


def test_it_is_drawn_from_the_stream_and_every_parameter_learns() -> None:
    assert torch.equal(network().embedding, network().embedding)
    assert not torch.equal(network().encoder[0].weight, network(1).encoder[0].weight)
    net = network()
    latents = net(ROWS)
    (net.reconstruction(ROWS, latents).sum() + net.head(latents).square().sum()).backward()
    assert all(parameter.grad is not None and parameter.grad.abs().max() > 0 for parameter in net.parameters())
