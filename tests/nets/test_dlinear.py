"""DLinear: the released decomposition and forward pass, and what it refuses."""

from __future__ import annotations

import pytest
import torch

from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.nets.dlinear import moving_average
from condenset.nets.network import draw_network
from condenset.nets.stacked import stacked
from tests.conftest import close, golden

SPECS = Leaf((24, 3), meaning="sequence"), Leaf((72,), meaning="scores")


def test_the_forward_pass_of_the_released_code() -> None:
    known = golden("modalities/series_text_multimodal_condtsf_step")
    windows = known["out_X"].transpose(1, 2)
    close(moving_average(24, 25).double() @ windows, known["out_trend"], 1e-6)
    names = {"seasonal.weight": "Ws", "seasonal.bias": "bs", "trend.weight": "Wt", "trend.bias": "bt"}
    weights = {name: known[f"in_{short}"] for name, short in names.items()}
    output = draw_network("dlinear", *SPECS, Rng(0)).with_parameters(weights)(windows)
    close(output.logits.unflatten(1, (24, 3)).transpose(1, 2), known["out_pred"], 1e-6)


def test_channels_share_the_map_and_order_is_step_after_step() -> None:
    network = draw_network("dlinear:average=5", *SPECS, Rng(0))
    inputs = torch.randn(2, 24, 3, generator=Rng(1).torch())
    found = network(inputs).logits.unflatten(1, (24, 3))
    swapped = network(inputs.flip(2)).logits.unflatten(1, (24, 3))
    assert torch.allclose(found.flip(2), swapped, atol=1e-6)
    assert network.flat().numel() == 2 * (24 * 24 + 24)
    assert network(inputs).embedding.shape == (2, 2 * 24 * 3)


def test_stacked_networks_compute_the_same() -> None:
    networks = [draw_network("dlinear", *SPECS, Rng(seed)) for seed in (0, 1)]
    inputs = torch.randn(2, 4, 24, 3, generator=Rng(1).torch())
    together = stacked(networks)(inputs).logits
    for network, own, row in zip(networks, inputs, together, strict=True):
        assert torch.allclose(network(own).logits, row, atol=1e-6)


def test_an_average_without_a_middle_is_refused() -> None:
    for average in (0, 24):
        with pytest.raises(RequestError, match=f"average={average} steps have no middle"):
            draw_network(f"dlinear:average={average}", *SPECS, Rng(0))


def test_it_reads_sequences_alone() -> None:
    with pytest.raises(RequestError, match="reads sequence"):
        draw_network("dlinear", Leaf((24,)), SPECS[1], Rng(0))
