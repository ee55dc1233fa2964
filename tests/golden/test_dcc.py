"""DCC's released losses and image gradients, through the objective that its recipe uses."""

from __future__ import annotations

import pytest
import torch

from condenset.kernels.distance import global_cosine, layerwise_cosine, squared_error
from condenset.objectives.signal_matching import Distance, SignalMatching
from condenset.signals.mean_gradient import MeanGradient
from tests.conftest import golden
from tests.examples import released_convnet, set_of, task_of
from tests.golden.matching import agrees

DISTANCES = {"ours": layerwise_cosine, "mse": squared_error, "cos": global_cosine}


@pytest.mark.parametrize("metric", DISTANCES)
def test_all_classes_together(metric: str) -> None:
    arrays = golden("images/dc_dcc_multiclass")
    network = released_convnet(arrays, "sd.", (3, 16, 16))
    task = task_of(arrays["x_real"].flatten(0, 1), torch.arange(3).repeat_interleave(6), 3)
    condensed = set_of(arrays["x_syn"], arrays["label_syn"])
    distance: Distance = DISTANCES[metric]
    objective = SignalMatching(MeanGradient(), distance, per_group=6)
    agrees(objective, task, condensed, network, arrays[f"dcc.loss.{metric}"], arrays[f"dcc.grad_x_syn.{metric}"])
