"""Attention maps against NumPy and DataDAM's released ones."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.kernels.attention import channel_attention, spatial_attention
from tests.conftest import close, golden
from tests.examples import normal


@pytest.mark.parametrize(("released", "power"), [("param0.exp1", 1.0), ("param1.exp1", 1.0), ("param1.exp2", 2.0)])
def test_golden_spatial_maps(released: str, power: float) -> None:
    arrays = golden("images/datadam")
    close(spatial_attention(arrays["att.in"], power), arrays[f"att.{released}.l2"], 1e-10)


def test_golden_fourth_power() -> None:
    arrays = golden("images/datadam")
    close(spatial_attention(arrays["att.in"], 4.0), arrays["att.param1.exp4.l2"], 1e-10)


@pytest.mark.parametrize("power", [1.0, 4.0])
def test_channels_are_summed_over_space(power: float) -> None:
    layer = normal(2, 3, 4, 5, dtype=torch.float64)
    sums = (np.abs(layer.numpy()) ** power).sum((2, 3))
    expected = sums / np.sqrt((sums**2).sum(1, keepdims=True))
    close(channel_attention(layer, power), torch.from_numpy(expected), 1e-12)


@pytest.mark.parametrize("attention", [spatial_attention, channel_attention])
def test_activations_without_space_keep_their_features(attention) -> None:
    layer = normal(2, 6, dtype=torch.float64)
    expected = layer.abs() / layer.norm(dim=1, keepdim=True)
    close(attention(layer, 1.0), expected, 1e-12)


@pytest.mark.parametrize("attention", [spatial_attention, channel_attention])
def test_a_dead_layer_has_a_map_of_zeros_and_a_finite_gradient(attention) -> None:
    layer = torch.zeros(2, 3, 4, 4, requires_grad=True)
    found = attention(layer, 1.0)
    assert found.abs().max() == 0
    found.sum().backward()
    assert torch.isfinite(layer.grad).all()
