"""IDM's released features, losses and image gradients, through the objective that its recipe uses."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.multi_formation import MultiFormation
from condenset.codecs.raw import Raw
from condenset.kernels.distance import squared_error
from condenset.labels.hard import Hard
from condenset.objectives.calibration import Calibration
from condenset.objectives.signal_matching import SignalMatching
from condenset.signals.mean_layers import MeanLayers
from condenset.synthetic import Contract, SyntheticSet
from tests.conftest import close, golden
from tests.examples import released_convnet, task_of
from tests.golden.matching import agrees, alone

LAST = MeanLayers(early=0.0, last=1.0, embedding=0.0)


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("calibrated", [0, 1])
@pytest.mark.parametrize("expanded", [0, 1])
def test_loss_and_image_gradient(expanded: int, calibrated: int, label: int) -> None:
    """The released code steps class by class; its accuracy, in percent, is part of the weight of the set's loss."""
    arrays = golden("images/idm")
    network = alone(released_convnet(arrays, "sd.", (3, 16, 16)), label)
    task = task_of(arrays["x_real"][label], torch.zeros(6, dtype=torch.int64), 1)
    images, labels = arrays["x_syn"][3 * label : 3 * label + 3], torch.zeros(3, dtype=torch.int64)
    codec = MultiFormation(images) if expanded else Raw(images)
    condensed = SyntheticSet(codec, Hard(labels), labels, Contract("quick")).double()
    calibration = Calibration(weight=float(arrays["ce_weight"] * arrays["net_acc"]))
    objective = SignalMatching(LAST, squared_error, per_group=6, also=(calibration,) * calibrated)
    released = f"aug{expanded}.ce{calibrated}.c{label}"
    agrees(objective, task, condensed, network, arrays[f"{released}.loss"], arrays[f"{released}.grad_x_syn"])


def test_features_and_the_enlarged_quarters() -> None:
    """Released column by column of the grid; ours row by row, so the two tiles in the middle change places."""
    arrays = golden("images/idm")
    network = released_convnet(arrays, "sd.", (3, 16, 16))
    close(network(arrays["x_syn"]).layers[-1].flatten(1), arrays["embed_channel_avg"], 1e-9)
    tiles = MultiFormation(arrays["x_syn"]).double()().unflatten(0, (4, 6))
    close(tiles[[0, 2, 1, 3]].flatten(0, 1), arrays["partition_expand.out"], 1e-9)
