"""What the golden tests of signal matching share."""

from __future__ import annotations

import torch
from torch import Tensor

from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.objectives.objective import Objective
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task
from tests.conftest import close
from tests.examples import released_convnet


def agrees(
    objective: Objective,
    task: Task,
    condensed: SyntheticSet,
    network: Network,
    loss: Tensor,
    gradient: Tensor,
) -> None:
    """The objective's terms sum to the released loss, and their gradients by the stored images."""
    terms = objective.begin(task).terms(condensed, Draw(network), Rng(0))
    total = sum(terms.values(), torch.zeros((), dtype=torch.float64))
    close(total, loss, 1e-8)
    (found,) = torch.autograd.grad(total, condensed.codec.data)
    close(found, gradient, 1e-7)


def alone(network: Network, label: int) -> Network:
    """The same network with one class in front: a task that has only this class sees its loss against all others."""
    classes = len(network.parameters["classifier.bias"])
    order = torch.tensor([label, *(k for k in range(classes) if k != label)])
    moved = {k: v[order] if k.startswith("classifier") else v for k, v in network.parameters.items()}
    return network.with_parameters(moved)


def idc_convnet(arrays: dict[str, Tensor], shape: tuple[int, ...]) -> Network:
    """A ConvNet of our own that holds the state dict of IDC's or DSDM's, which has other names."""
    place = {"conv": 0, "norm": 1}
    renamed = {}
    for key, value in arrays.items():
        parts = key.removeprefix("sd.").split(".")
        if key.startswith("sd.layers"):
            renamed[f"sd.features.{4 * int(parts[2]) + place[parts[1]]}.{parts[3]}"] = value
        elif key.startswith("sd."):
            renamed[key] = value
    return released_convnet(renamed, "sd.", shape)
