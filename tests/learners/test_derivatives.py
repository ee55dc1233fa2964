"""Derivatives of a network's loss against autograd's on an ordinary graph."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.derivatives import derivatives
from tests.conftest import close
from tests.examples import digits, double, normal


def test_first_and_second_derivatives_are_those_of_the_weighted_mean_loss() -> None:
    task = digits()
    network = double(task.network("convnet:width=4,depth=1", Rng(0)))
    images, labels = task.train.batch.inputs[:5].double().requires_grad_(), task.train.batch.targets[:5]
    weight = torch.tensor([1.0, 2.0, 0.5, 0.0, 3.0]).double()
    known = derivatives(network, task.target, Batch(images, labels, labels, weight))
    point = network.flat().detach().requires_grad_()
    losses = F.cross_entropy(network(images, network.unflatten(point)).logits, labels, reduction="none")
    (gradient,) = torch.autograd.grad((losses * weight).sum() / weight.sum(), point, create_graph=True)
    close(known.gradient(point.detach(), images.detach(), labels, weight), gradient.detach(), 1e-12)
    pull = normal(len(point)).double()
    expected = torch.autograd.grad(gradient.dot(pull), (point, images))
    found = known.second((0, 1))(pull, point.detach(), images.detach(), labels, weight)
    for ours, theirs in zip(found, expected, strict=True):
        close(ours, theirs, 1e-12)
