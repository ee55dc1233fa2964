"""DC's released losses and image gradients, through the objective that its recipe uses."""

from __future__ import annotations

import pytest
import torch

from condenset.kernels.distance import global_cosine, layerwise_cosine, squared_error
from condenset.objectives.signal_matching import Distance, SignalMatching
from condenset.signals.class_gradient import ClassGradient
from tests.conftest import golden
from tests.examples import released_convnet, set_of, task_of
from tests.golden.matching import agrees, alone

DISTANCES = {"ours": layerwise_cosine, "mse": squared_error, "cos": global_cosine}


@pytest.mark.parametrize("metric", DISTANCES)
def test_one_class_end_to_end(metric: str) -> None:
    arrays = golden("images/dc_end_to_end")
    network = alone(released_convnet(arrays, "sd.", (3, 16, 16)), int(arrays["label"]))
    real, synthetic = (torch.zeros(len(arrays[f"x_{side}"]), dtype=torch.int64) for side in ("real", "syn"))
    distance: Distance = DISTANCES[metric]
    objective = SignalMatching(ClassGradient(), distance, per_group=6)
    task, condensed = task_of(arrays["x_real"], real, 1), set_of(arrays["x_syn"], synthetic)
    agrees(objective, task, condensed, network, arrays[f"loss.{metric}"], arrays[f"grad_x_syn.{metric}"])


def test_the_sum_over_classes() -> None:
    arrays = golden("images/dc_dcc_multiclass")
    network = released_convnet(arrays, "sd.", (3, 16, 16))
    task = task_of(arrays["x_real"].flatten(0, 1), torch.arange(3).repeat_interleave(6), 3)
    condensed = set_of(arrays["x_syn"], arrays["label_syn"])
    objective = SignalMatching(ClassGradient(), layerwise_cosine, per_group=6)
    agrees(objective, task, condensed, network, arrays["dc.loss"], arrays["dc.grad_x_syn"])
