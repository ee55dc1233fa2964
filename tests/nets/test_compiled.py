"""When a network is compiled, and that compiling changes nothing but speed."""

from __future__ import annotations

import shutil

import pytest
import torch

from condenset.core.rng import Rng
from condenset.nets import compiled
from condenset.nets.network import draw_network


@pytest.mark.parametrize(
    ("name", "shape", "examples", "compiler", "expected"),
    [
        ("convnet:width=4,depth=1", (1, 8, 8), 50_000, "g++", True),
        ("convnet:width=4,depth=1", (1, 8, 8), 49_999, "g++", False),
        ("convnet:width=4,depth=1", (1, 8, 8), 50_000, None, False),
        ("mlp", (6,), 10**9, "g++", False),
    ],
)
def test_only_long_convolutional_training_with_a_compiler_is_compiled(
    name: str,
    shape: tuple[int, ...],
    examples: int,
    compiler: str | None,
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []
    monkeypatch.setattr(torch, "compile", lambda function, **_: asked.append(function) or function)
    monkeypatch.setattr(shutil, "which", lambda program: compiler if program == compiler else None)
    network = draw_network(name, shape, 3, Rng(0))
    logits = compiled.logits_function(network, examples)
    assert bool(asked) == expected
    inputs = torch.randn(2, *shape, generator=Rng(1).torch())
    assert torch.equal(logits(network.parameters, inputs), network(inputs).logits)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling needs a C++ compiler: install g++")
def test_compiled_logits_and_gradients_agree_with_the_plain_ones() -> None:
    network = draw_network("convnet:width=8,depth=2", (1, 16, 16), 3, Rng(0)).trainable()
    inputs = torch.randn(6, 1, 16, 16, generator=Rng(1).torch())
    fast = compiled.logits_function(network, 10**6)(network.parameters, inputs)
    plain = network(inputs).logits
    assert torch.allclose(fast, plain, atol=1e-5)
    parameters = list(network.parameters.values())
    for a, b in zip(*(torch.autograd.grad(o.square().sum(), parameters) for o in (fast, plain)), strict=True):
        assert torch.allclose(a, b, rtol=1e-3, atol=1e-4)
