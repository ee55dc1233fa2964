"""GraNd against the gradients of every example by itself."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from condenset.core.rng import Rng
from condenset.starts.grand import grand
from tests.conftest import close
from tests.examples import blobs


@pytest.mark.parametrize("depth", [0, 1])
def test_it_is_the_length_of_the_gradient_in_the_last_layer_after_the_last_epoch(depth: int) -> None:
    task = blobs()
    batch = task.train.batch.select(torch.arange(0, 60, 7))
    networks = [task.network(f"mlp:width=5,depth={depth}", Rng(seed)).trainable() for seed in range(2)]
    last = list(networks[-1].parameters.values())[-2:]
    assert [tuple(p.shape) for p in last] == [(3, 5), (3,)]
    expected = []
    for row, target in zip(batch.inputs, batch.targets, strict=True):
        loss = F.cross_entropy(networks[-1](row[None]).logits, target[None])
        expected.append(torch.cat([g.flatten() for g in torch.autograd.grad(loss, last)]).norm())
    close(grand(iter(networks), batch, task), torch.stack(expected), 1e-5)
