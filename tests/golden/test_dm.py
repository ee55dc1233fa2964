"""DM's released losses and image gradients, through the objective that its recipe uses."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.mean_embedding import MeanEmbedding
from condenset.sources.source import Draw
from tests.conftest import close, golden
from tests.examples import released_convnet, set_of, task_of


@pytest.mark.parametrize(("prefix", "norm"), [("", "instance"), ("bn.", "batch")])
def test_loss_and_image_gradient(prefix: str, norm: str) -> None:
    """With batch normalisation all classes go through the network in one batch, real and synthetic apart."""
    arrays = golden("images/dm")
    network = released_convnet(arrays, f"{prefix}sd.", (3, 16, 16), norm)
    task = task_of(arrays["x_real"].flatten(0, 1), torch.arange(2).repeat_interleave(6), 2)
    condensed = set_of(arrays["x_syn"], torch.arange(2).repeat_interleave(3))
    objective = SignalMatching(MeanEmbedding(), squared_error, per_group=6).begin(task)
    terms = objective.terms(condensed, Draw(network), Rng(0))
    close(terms["matching"], arrays[f"{prefix}loss"], 1e-10)
    (gradient,) = torch.autograd.grad(terms["matching"], condensed.codec.data)
    close(gradient, arrays[f"{prefix}grad_x_syn"], 1e-9)
