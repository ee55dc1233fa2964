"""Layers against independent readings of what they compute."""

from __future__ import annotations

import torch

from condenset.nets.layers import ACTIVATIONS
from tests.conftest import close


def test_softplus_is_the_closed_form_and_passes_on_no_denormal_numbers() -> None:
    values = torch.linspace(-3, 1, 401).requires_grad_()
    found = ACTIVATIONS["softplus"]()(values)
    close(found, torch.log1p(torch.exp(60 * values.double())) / 60, 1e-7)
    (slope,) = torch.autograd.grad(found.sum(), values)
    close(slope, torch.sigmoid(60 * values.double()), 1e-7)
    smallest = torch.finfo(torch.float32).tiny
    assert all(not ((part != 0) & (part.abs() < smallest)).any() for part in (found, slope))
