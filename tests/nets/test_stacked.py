"""Stacked networks: each computes, and is trained by, what it computes by itself."""

from __future__ import annotations

import pytest
import torch

from condenset.core.registries import NETWORKS
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.nets.stacked import stackable, stacked, unstacked
from tests.conftest import close
from tests.examples import double, normal
from tests.networks import drawn

SHAPES = {"grid": (3, 16, 16), "features": (6,)}
LARGER = {"alexnet": (3, 32, 32), "vgg": (3, 32, 32)}  # they pool more often
NAMES = [
    (name, meaning)
    for name in (*NETWORKS.names(), "convnet:norm=batch", "convnet:norm=layer", "convnet:norm=group")
    for meaning in NETWORKS.get(name.partition(":")[0]).reads
    if meaning in SHAPES and not NETWORKS.get(name.partition(":")[0]).needs
]


def several(name: str, shape: tuple[int, ...], count: int = 3) -> list[Network]:
    return [double(drawn(name, shape, 4, Rng(seed))) for seed in range(count)]


@pytest.mark.parametrize(("name", "meaning"), NAMES)
def test_a_stack_computes_what_every_network_does_by_itself(name: str, meaning: str) -> None:
    """Outputs, gradients and running statistics, in training mode, of inputs of each one's own."""
    shape = LARGER.get(name, SHAPES[meaning])
    inputs = normal(3, 5, *shape, dtype=torch.float64)
    alone = [network.trainable() for network in several(name, shape)]
    stack = stacked(several(name, shape)).trainable()
    output = stack(inputs)
    gradients = torch.autograd.grad(output.logits.square().sum(), list(stack.parameters.values()))
    for index, (network, after) in enumerate(zip(alone, unstacked(stack), strict=True)):
        expected = network(inputs[index])
        close(output.logits[index], expected.logits, 1e-10)
        close(output.embedding[index], expected.embedding, 1e-10)
        own = torch.autograd.grad(expected.logits.square().sum(), list(network.parameters.values()))
        close(torch.cat([g[index].flatten() for g in gradients]), torch.cat([g.flatten() for g in own]), 1e-9)
        assert torch.equal(after.flat(), network.flat())
        for key, buffer in network.buffers.items():
            close(after.buffers[key], buffer, 1e-10)


def test_a_network_does_not_see_what_the_others_read() -> None:
    inputs = normal(2, 5, 3, 16, 16, dtype=torch.float64)
    changed = torch.stack([inputs[0], inputs[1] + 1])
    first, second = (
        stacked(several("convnet:norm=batch,width=4", (3, 16, 16), 2))(x).logits for x in (inputs, changed)
    )
    close(first[0], second[0], 1e-12)
    assert not torch.allclose(first[1], second[1])


def test_bfloat16_is_within_its_rounding() -> None:
    networks = [drawn("convnet:width=8", (1, 16, 16), 4, Rng(seed)) for seed in range(2)]
    inputs = normal(2, 5, 1, 16, 16)
    exact, half = (stacked(networks, half=half)(inputs).logits for half in (False, True))
    assert half.dtype == torch.float32
    close(half, exact, 0.03)
    assert (half - exact).abs().max() > 1e-5


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["mlp:width=4"] * 2, True),
        (["mlp:width=4"], False),
        (["mlp:width=4", "mlp:width=5"], False),
        (["gcn:dropout=0.5"] * 2, False),
        (["gcn"] * 2, True),
        ([], False),
    ],
)
def test_several_of_one_architecture_without_numbers_of_their_own_stack(names: list[str], expected: bool) -> None:
    networks = [drawn(name, (6,), 4, Rng(seed)) for seed, name in enumerate(names)]
    assert stackable(networks) == expected
