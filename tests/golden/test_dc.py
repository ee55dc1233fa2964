"""DC's released losses and image gradients, through the objective that its recipe uses."""

from __future__ import annotations

import pytest
import torch

from condenset.core.rng import Rng
from condenset.kernels.distance import global_cosine, layerwise_cosine, squared_error
from condenset.objectives.signal_matching import Distance, SignalMatching
from condenset.signals.class_gradient import ClassGradient
from condenset.sources.source import Draw
from tests.conftest import close, golden
from tests.examples import released_convnet, set_of, task_of

DISTANCES = {"ours": layerwise_cosine, "mse": squared_error, "cos": global_cosine}


@pytest.mark.parametrize("metric", DISTANCES)
def test_one_class_end_to_end(metric: str) -> None:
    """Renamed, the class becomes the only one that the task has, without a change to the network's outputs."""
    arrays = golden("images/dc_end_to_end")
    network = released_convnet(arrays, "sd.", (3, 16, 16))
    label = int(arrays["label"])
    order = torch.tensor([label, *(k for k in range(5) if k != label)])
    moved = {k: v[order] if k.startswith("classifier") else v for k, v in network.parameters.items()}
    real, synthetic = (torch.zeros(len(arrays[f"x_{side}"]), dtype=torch.int64) for side in ("real", "syn"))
    task = task_of(arrays["x_real"], real, 1)
    condensed = set_of(arrays["x_syn"], synthetic)
    distance: Distance = DISTANCES[metric]
    objective = SignalMatching(ClassGradient(), distance, per_group=6).begin(task)
    terms = objective.terms(condensed, Draw(network.with_parameters(moved)), Rng(0))
    close(terms["matching"], arrays[f"loss.{metric}"], 1e-10)
    (gradient,) = torch.autograd.grad(terms["matching"], condensed.codec.data)
    close(gradient, arrays[f"grad_x_syn.{metric}"], 1e-8)


def test_the_sum_over_classes() -> None:
    arrays = golden("images/dc_dcc_multiclass")
    network = released_convnet(arrays, "sd.", (3, 16, 16))
    task = task_of(arrays["x_real"].flatten(0, 1), torch.arange(3).repeat_interleave(6), 3)
    condensed = set_of(arrays["x_syn"], arrays["label_syn"])
    objective = SignalMatching(ClassGradient(), layerwise_cosine, per_group=6).begin(task)
    terms = objective.terms(condensed, Draw(network), Rng(0))
    close(terms["matching"], arrays["dc.loss"], 1e-10)
    (gradient,) = torch.autograd.grad(terms["matching"], condensed.codec.data)
    close(gradient, arrays["dc.grad_x_syn"], 1e-8)
