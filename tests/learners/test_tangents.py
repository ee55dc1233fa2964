"""Tangents against a Jacobian made row by row."""

from __future__ import annotations

import shutil

import pytest
import torch
from torch import Tensor

from condenset.core.rng import Rng
from condenset.learners.tangents import Tangents, compiled_products
from tests.conftest import close
from tests.examples import double, normal
from tests.networks import drawn

NETWORK = double(drawn("frepo-convnet:width=2,depth=1,activation=softplus", (1, 6, 6), 3, Rng(0)))
IMAGES = normal(4, 1, 6, 6, seed=1).double()
SIZES = [p.numel() for p in NETWORK.parameters.values()]


def jacobian() -> Tensor:
    """(outputs of all examples, parameters), with nought for the head's weights."""
    leaves = {name: p.clone().requires_grad_() for name, p in NETWORK.parameters.items()}
    logits = NETWORK(IMAGES, leaves).logits.flatten()
    rows = [torch.autograd.grad(logit, list(leaves.values()), retain_graph=True) for logit in logits]
    made = torch.stack([torch.cat([part.flatten() for part in row]) for row in rows])
    head = torch.cat([torch.full((n,), name == "classifier.weight") for name, n in zip(leaves, SIZES, strict=True)])
    return made.masked_fill(head, 0.0)


def test_products_and_kernel_are_those_of_the_jacobian() -> None:
    tangents, rows = Tangents(NETWORK, IMAGES), jacobian()
    change, pull = normal(sum(SIZES), seed=2).double(), normal(4, 3, seed=3).double()
    moved, features = tangents.moved(change)
    close(moved.flatten(), rows @ change, 1e-9)
    close(tangents.pulled(pull), rows.T @ pull.flatten(), 1e-9)
    close(tangents.kernel(), rows @ rows.T, 1e-9)
    close(features, NETWORK(IMAGES).embedding, 1e-9)
    close(tangents.features(), NETWORK(IMAGES).embedding, 1e-9)


def test_moved_is_differentiable_in_the_inputs_and_the_change() -> None:
    images, change = IMAGES.clone().requires_grad_(), normal(sum(SIZES), seed=2).double().requires_grad_()
    by_images, by_change = torch.autograd.grad(Tangents(NETWORK, images).moved(change)[0].sum(), [images, change])
    close(by_change, jacobian().sum(0), 1e-9)
    step = 1e-6 * normal(4, 1, 6, 6, seed=4).double()
    after, before = (Tangents(NETWORK, IMAGES + s).moved(change.detach())[0].sum() for s in (step, -step))
    close((by_images * step).sum(), (after - before) / 2, 1e-4)


@pytest.mark.skipif(shutil.which("g++") is None, reason="compiling needs a C++ compiler: install g++")
def test_compiled_products_are_the_same() -> None:
    tangents, rows = Tangents(NETWORK, IMAGES, compiled_products(NETWORK.module)), jacobian()
    change, pull = normal(sum(SIZES), seed=2).double(), normal(4, 3, seed=3).double()
    close(tangents.moved(change)[0].flatten(), rows @ change, 1e-9)
    close(tangents.pulled(pull), rows.T @ pull.flatten(), 1e-9)
