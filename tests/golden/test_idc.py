"""IDC's released losses and image gradients, through the objective that its recipe uses."""

from __future__ import annotations

import pytest
import torch

from condenset.kernels.distance import l1, layerwise_cosine, squared_error
from condenset.objectives.signal_matching import Distance, SignalMatching
from condenset.signals.class_gradient import ClassGradient
from tests.conftest import golden
from tests.examples import set_of, task_of
from tests.golden.matching import agrees, alone, idc_convnet

RELEASED = {
    "grad.mse": (ClassGradient(dimensions=4), squared_error),
    "grad.l1": (ClassGradient(dimensions=4), l1),
    "grad.l1.bias.fc": (ClassGradient(), l1),
    "grad.cos.fc": (ClassGradient(dimensions=2), layerwise_cosine),
}


@pytest.mark.parametrize("name", RELEASED)
def test_gradients_of_convolutions(name: str) -> None:
    arrays = golden("images/idc")
    network = alone(idc_convnet(arrays, (3, 16, 16)), int(arrays["label"]))
    real, synthetic = (torch.zeros(len(arrays[f"x_{side}"]), dtype=torch.int64) for side in ("real", "syn"))
    signal, distance = RELEASED[name]
    metric: Distance = distance
    objective = SignalMatching(signal, metric, per_group=6)
    task, condensed = task_of(arrays["x_real"], real, 1), set_of(arrays["x_syn"], synthetic)
    agrees(objective, task, condensed, network, arrays[f"{name}.loss"], arrays[f"{name}.grad_x_syn"])
