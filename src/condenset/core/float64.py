"""Arithmetic in float64, which not every device has: those without it leave it to the CPU."""

from __future__ import annotations

from typing import TypeVar

import torch
from torch import Tensor

from condenset.core import structure

Values = TypeVar("Values")  # tensors in any structure


def float64(values: Values) -> Values:
    """The values in float64, on their device or else on the CPU; differentiable."""
    if not has_float64(structure.tensors(values)[0].device):
        values = structure.mapped(Tensor.cpu, values)
    return structure.doubled(values)


def brought(values: Tensor, device: torch.device) -> Tensor:
    """Values of float64 on a device, rounded to float32 where it has no other; differentiable."""
    return (values if has_float64(device) else values.float()).to(device)


def has_float64(device: torch.device) -> bool:
    """Whether a device computes in float64."""
    try:
        torch.zeros((), dtype=torch.float64, device=device)
    except (TypeError, RuntimeError):  # the one of Apple's devices, the other of Intel's
        return False
    return True
