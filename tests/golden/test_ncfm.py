"""NCFM's released distances between characteristic functions, and their gradients by the features."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from condenset.kernels.distance import characteristic
from tests.conftest import close, golden


def means(features: Tensor, frequencies: Tensor) -> tuple[Tensor, Tensor]:
    """Real and imaginary part of one group's characteristic function."""
    phases = features @ frequencies.T
    return phases.cos().mean(0, keepdim=True), phases.sin().mean(0, keepdim=True)


@pytest.mark.parametrize(("amplitude", "phase", "tolerance"), [(0.5, 0.5, 1e-7), (0.2, 0.8, 1e-7), (1.0, 0.0, 1e-6)])
def test_distance_and_its_gradient(amplitude: float, phase: float, tolerance: float) -> None:
    arrays = golden("images/ncfm")
    name = f"cf.a{amplitude}.b{phase}"
    synthetic = arrays["feat_syn"].requires_grad_()
    real, guess = (means(features, arrays["t"]) for features in (arrays["feat_real"], synthetic))
    found = characteristic(real, guess, amplitude, phase).sum()
    close(found, arrays[f"{name}.loss"], 1e-8)
    close(torch.autograd.grad(found, synthetic)[0], arrays[f"{name}.grad_feat_syn"], tolerance)


def test_the_loss_on_features_of_unit_length() -> None:
    """Three hundred times ours."""
    arrays = golden("images/ncfm")
    synthetic = arrays["feat_syn"].requires_grad_()
    units = (F.normalize(features, dim=1) for features in (arrays["feat_real"], synthetic))
    real, guess = (means(features, arrays["t"]) for features in units)
    found = 300 * characteristic(real, guess).sum()
    close(found, arrays["match_loss"], 1e-8)
    close(torch.autograd.grad(found, synthetic)[0], arrays["match_loss.grad_feat_syn"], 1e-7)
