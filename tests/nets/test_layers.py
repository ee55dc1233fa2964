"""Layers against independent readings of what they compute."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from condenset.nets.layers import ACTIVATIONS, POOLINGS
from tests.conftest import close
from tests.examples import normal


def test_softplus_is_the_closed_form_and_passes_on_no_denormal_numbers() -> None:
    values = torch.linspace(-3, 1, 401).requires_grad_()
    found = ACTIVATIONS["softplus"]()(values)
    close(found, torch.log1p(torch.exp(60 * values.double())) / 60, 1e-7)
    (slope,) = torch.autograd.grad(found.sum(), values)
    close(slope, torch.sigmoid(60 * values.double()), 1e-7)
    smallest = torch.finfo(torch.float32).tiny
    assert all(not ((part != 0) & (part.abs() < smallest)).any() for part in (found, slope))


@pytest.mark.parametrize("sides", [(8, 8), (9, 6), (7, 5)])
def test_compiled_means_are_those_of_a_pooling(sides: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    maps = normal(2, 3, *sides).contiguous(memory_format=torch.channels_last)
    monkeypatch.setattr(torch.compiler, "is_compiling", lambda: True)
    with torch.no_grad():
        found = POOLINGS["average"]()(maps)
    assert found.is_contiguous(memory_format=torch.channels_last)
    close(found, F.avg_pool2d(maps, 2), 1e-6)
