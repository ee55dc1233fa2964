"""The small vision transformer: its block against PyTorch's own, what permuting patches changes, refusals."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.nets.vit import Block
from tests.conftest import close
from tests.networks import drawn


def test_a_block_is_pytorchs_encoder_layer_with_the_norm_first() -> None:
    theirs = nn.TransformerEncoderLayer(8, 2, 32, dropout=0.0, activation="gelu", batch_first=True, norm_first=True)
    with torch.no_grad():
        for index, parameter in enumerate(theirs.parameters()):
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=Rng(index).torch()))
    ours = Block(8, 2)
    pairs = {
        "norm1": "norm1",
        "norm2": "norm2",
        "write": "self_attn.out_proj",
        "expand": "linear1",
        "contract": "linear2",
    }
    values = theirs.state_dict()
    state = {f"{a}.{kind}": values[f"{b}.{kind}"] for a, b in pairs.items() for kind in ("weight", "bias")}
    state |= {f"read.{kind}": values[f"self_attn.in_proj_{kind}"] for kind in ("weight", "bias")}
    ours.load_state_dict(state)
    tokens = torch.randn(3, 5, 8, generator=Rng(99).torch())
    close(ours(tokens), theirs(tokens), 1e-5)


def test_only_the_positions_tell_where_a_patch_lies() -> None:
    network = drawn("vit:width=16,depth=2,heads=2", (1, 8, 8), 3, Rng(0))
    images = torch.randn(2, 1, 8, 8, generator=Rng(1).torch())
    moved = torch.cat([images[..., 4:], images[..., :4]], 3)
    close(network(moved).logits, network(images).logits, 1e-5)
    positions = torch.randn(network.parameters["position"].shape, generator=Rng(2).torch())
    placed = network.with_parameters({**network.parameters, "position": positions})
    assert (placed(moved).logits - placed(images).logits).abs().max() > 1e-2


def test_layers_and_embedding() -> None:
    output = drawn("vit", (3, 32, 32), 10, Rng(0))(torch.zeros(2, 3, 32, 32))
    assert [tuple(layer.shape) for layer in output.layers] == [(2, 64, 128)] * 4
    assert output.embedding.shape == (2, 128)


@pytest.mark.parametrize(
    ("name", "told"), [("vit:patch=5", "do not tile 28x28 pixels"), ("vit:heads=3", "do not divide the width 128")]
)
def test_what_does_not_divide_is_refused(name: str, told: str) -> None:
    with pytest.raises(RequestError, match=told):
        drawn(name, (1, 28, 28), 10, Rng(0))
