"""DSDM's released loss without prototypes and its image gradient, through the objective that its recipe uses."""

from __future__ import annotations

import torch

from condenset.kernels.distance import squared_error
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.covariance import Covariance
from tests.conftest import golden
from tests.examples import set_of, task_of
from tests.golden.matching import agrees, idc_convnet


def test_loss_and_image_gradient() -> None:
    arrays = golden("images/dsdm")
    network = idc_convnet(arrays, (3, 16, 16))
    task = task_of(arrays["x_real"], torch.zeros(6, dtype=torch.int64), 1)
    condensed = set_of(arrays["x_syn"], torch.zeros(3, dtype=torch.int64))
    objective = SignalMatching(Covariance(correction=1), squared_error, per_group=6)
    agrees(objective, task, condensed, network, arrays["plain.loss"], arrays["plain.grad_x_syn"])
