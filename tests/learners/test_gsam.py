"""GSAM against its equations in NumPy on a quadratic, and its limits."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.rng import Rng
from condenset.learners.gsam import GSAM, Flatness
from condenset.learners.sgd import train_epochs
from condenset.learners.training import Training
from tests.examples import blobs

CURVATURE = np.array([[3.0, 0.5, 0.0], [0.5, 1.0, -0.2], [0.0, -0.2, 0.4]])
START = np.array([1.0, -2.0, 0.5])


def stepped(flatness: Flatness, steps: int = 3, momentum: float = 0.0) -> np.ndarray:
    parameters = [torch.nn.Parameter(torch.tensor(START[:1])), torch.nn.Parameter(torch.tensor(START[1:]))]
    optimiser = GSAM(parameters, 0.1, momentum, flatness)
    curvature = torch.from_numpy(CURVATURE)

    def closure() -> torch.Tensor:
        optimiser.zero_grad()
        w = torch.cat(list(parameters))
        loss = 0.5 * w @ curvature @ w
        loss.backward()
        return loss

    losses = [optimiser.step(closure).item() for _ in range(steps)]
    assert losses[0] == pytest.approx(0.5 * START @ CURVATURE @ START), "the loss at the parameters themselves"
    return torch.cat(list(parameters)).detach().numpy()


@pytest.mark.parametrize("flatness", [Flatness(), Flatness(0.5, 1.0), Flatness(0.1, 0.0)], ids=str)
def test_steps_are_the_papers(flatness: Flatness) -> None:
    w = START.copy()
    for _ in range(3):
        g = CURVATURE @ w
        worst = CURVATURE @ (w + flatness.radius * w**2 * g / np.linalg.norm(w * g))
        beside = g - (g @ worst) / (worst @ worst) * worst
        w = w - 0.1 * (worst - flatness.gap * beside)
    np.testing.assert_allclose(stepped(flatness), w, rtol=1e-12)


def test_without_a_neighbourhood_it_is_descent() -> None:
    parameter = torch.nn.Parameter(torch.from_numpy(START.copy()))
    plain = torch.optim.SGD([parameter], 0.1, 0.9)
    for _ in range(3):
        parameter.grad = torch.from_numpy(CURVATURE) @ parameter.detach()
        plain.step()
    np.testing.assert_allclose(stepped(Flatness(0.0), momentum=0.9), parameter.detach().numpy(), rtol=1e-12)


def test_training_takes_it_and_a_vanishing_neighbourhood_changes_nothing() -> None:
    task = blobs()
    training = Training(epochs=2, batch=16, rate=0.1, momentum=0.0, weight_decay=0.0, drop_at=())
    ends = []
    for flatness in (None, Flatness(0.0, 0.0), Flatness(0.5, 0.3)):
        network = task.network("mlp:width=4,depth=1", Rng(0))
        for trained in train_epochs(network, task.train.all(), task, training, Rng(1), flatness=flatness):
            end = trained.flat().detach().clone()
        ends.append(end)
    torch.testing.assert_close(ends[0], ends[1], rtol=1e-5, atol=1e-6)
    assert not torch.allclose(ends[0], ends[2], rtol=1e-3)
