"""DataDAM's released loss and image gradient, through the objective that its recipe uses."""

from __future__ import annotations

import torch

from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.attention import Attention
from tests.conftest import golden
from tests.examples import released_convnet, set_of, task_of
from tests.golden.matching import agrees


def test_loss_and_image_gradient() -> None:
    """Released is a hundredfold weight of everything, and a task_balance that weighs the embedding besides."""
    arrays = golden("images/datadam")
    network = released_convnet(arrays, "sd.", (3, 16, 16))
    task = task_of(arrays["x_real"].flatten(0, 1), torch.arange(2).repeat_interleave(6), 2)
    condensed = set_of(arrays["x_syn"], torch.arange(2).repeat_interleave(3))
    objective = SignalMatching(Attention(embedding=100 * float(arrays["task_balance"])), squared_error, per_group=6)
    agrees(objective, task, condensed, network, arrays["loss"], arrays["grad_x_syn"])
