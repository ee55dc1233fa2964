"""When a network is compiled, and that compiling changes nothing but speed."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
import torch

from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
from tests.networks import drawn, leaf

CONVNET = "convnet:width=4,depth=1,pooling=none"


@pytest.mark.parametrize(
    ("name", "shape", "passes", "compiler", "expected"),
    [
        (CONVNET, (1, 8, 8), 10**10, "g++", True),
        (CONVNET, (1, 8, 8), 10**5, "g++", False),
        (CONVNET, (1, 8, 8), 10**10, "clang++", True),
        (CONVNET, (1, 8, 8), 10**10, None, False),
        ("mlp", (6,), 10**12, "g++", False),
    ],
)
def test_only_long_convolutional_work_with_a_compiler_is_compiled(
    name: str,
    shape: tuple[int, ...],
    passes: int,
    compiler: str | None,
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shutil, "which", lambda program: compiler if program == compiler else None)
    network = drawn(name, shape, 3, Rng(0))
    assert (compiled(network, leaf(shape), passes, Execution()).forward is not None) == expected


def test_networks_of_one_architecture_are_compiled_once() -> None:
    one, two = (compiled(drawn(CONVNET, (1, 8, 8), 3, Rng(n)), leaf((1, 8, 8)), 10**10, Execution()) for n in (0, 1))
    assert one.forward is two.forward
    assert not torch.equal(one.flat(), two.flat())


AGREES = """
import sys, torch
from condenset.core.execution import Execution
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.nets.compiled import compiled
from condenset.nets.network import draw_network

precision, tolerance, channels = sys.argv[1], float(sys.argv[2]), int(sys.argv[3])
images = Leaf((channels, 16, 16), meaning="grid")
plain = draw_network("convnet:width=8,depth=2", images, Leaf((3,)), Rng(0)).trainable()
fast = compiled(plain, images, 10**10, Execution(precision=precision), layers=True)
assert fast.forward is not None
inputs = torch.randn(6, channels, 16, 16, generator=Rng(1).torch()).requires_grad_()
found = []
for network in (plain, fast):
    output = network(inputs)
    loss = output.logits.square().sum() + output.embedding.square().sum() + output.layers[0].square().sum()
    gradients = torch.autograd.grad(loss, [inputs, *plain.parameters.values()])
    with torch.no_grad():
        read = network(inputs)
    found.append([output.logits, output.embedding, *output.layers, *gradients, read.logits, read.embedding])
largest = max(expected.abs().max() for expected in found[0])
for expected, actual in zip(*found, strict=True):
    scale = expected.abs().max()
    if scale < 1e-3:  # biases before a normalisation have no gradient but rounding, which is that of the others
        scale = largest
    error = (actual - expected).abs().max() / scale
    assert error <= tolerance, error
"""


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling needs a C++ compiler: install g++")
@pytest.mark.parametrize("channels", ["1", "3"])
@pytest.mark.parametrize(("precision", "tolerance"), [("float32", "1e-4"), ("bfloat16", "0.1")])
def test_compiled_outputs_and_gradients_agree_with_the_plain_ones(
    precision: str, tolerance: str, channels: str
) -> None:
    """In a process of its own: the run-time type checks of this one cannot be compiled."""
    command = [sys.executable, "-c", AGREES, precision, tolerance, channels]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_layers_are_returned_only_when_asked_for() -> None:
    network = drawn(CONVNET, (1, 8, 8), 3, Rng(0))
    without, with_them = (
        compiled(network, leaf((1, 8, 8)), 10**10, Execution(), layers=asked) for asked in (False, True)
    )
    assert without.forward is not with_them.forward
