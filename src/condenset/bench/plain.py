"""The plain algorithms that the suite compares with, as the papers' scripts run them: uncompiled, float32, no cache."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.training import Training
from condenset.nets.network import Network
from condenset.tasks.task import Task

Images = Float[Tensor, "items channels height width"]

_PART = 256  # examples per forward pass of the test


def distribution_matching_step(
    task: Task, images: Images, groups: Int[Tensor, " items"], per_group: int, rng: Rng
) -> Images:
    """A step of DM (arXiv 2110.04181): a new network, and for every class 256 real examples and the synthetic ones.

    Returns the gradient in `images` (items, channels, height, width).
    """
    network = task.network(None, rng.child("network"))
    images = images.detach().requires_grad_()
    real = task.train.sample(per_group, rng.child("real"))
    record = task.augmentation.draw(1, rng.child("augmentation"))
    loss = torch.zeros(())
    for group in range(len(task.groups)):
        with torch.no_grad():
            members = real.select((real.groups == group).nonzero().flatten())
            target = network(task.augmentation.apply(record, members.inputs)).embedding.mean(0)
        own = network(task.augmentation.apply(record, images[groups == group])).embedding
        loss = loss + (target - own.mean(0)).square().sum()
    return torch.autograd.grad(loss, images)[0]


def trajectory_step(
    task: Task,
    network: Network,
    goal: Float[Tensor, " parameters"],
    images: Images,
    labels: Int[Tensor, " items"],
    rate: Float[Tensor, ""],
    steps: int,
    rng: Rng,
) -> tuple[Tensor, ...]:
    """A step of MTT (arXiv 2203.11932) with the whole inner loop in one graph.

    Returns the gradients in `images` (items, channels, height, width) and in `rate`.
    """
    images, rate = images.detach().requires_grad_(), rate.detach().requires_grad_()
    start = network.flat().requires_grad_()
    student = start
    for step in range(steps):
        record = task.augmentation.draw(len(images), rng.child("augment", step))
        logits = network(task.augmentation.apply(record, images), network.unflatten(student)).logits
        loss = torch.nn.functional.cross_entropy(logits, labels)
        student = student - rate * torch.autograd.grad(loss, student, create_graph=True)[0]
    distance = (student - goal).square().sum() / (start.detach() - goal).square().sum()
    return torch.autograd.grad(distance, (images, rate))


def feature_ridge_loss(
    network: Network,
    images: Images,
    labels: Float[Tensor, "items classes"],
    real: Float[Tensor, "n channels height width"],
    centred: Float[Tensor, "n classes"],
) -> Float[Tensor, ""]:
    """The loss of FRePo (arXiv 2206.00719) without its margin: a regression on features, solved in double precision.

    Args: images and their labels; real images and their centred labels.
    """
    features = network(images).embedding
    with torch.no_grad():
        query = network(real).embedding
    inner = (features @ features.T / features.shape[1]).double()
    ridge = 1e-6 * inner.trace() / len(inner) * torch.eye(len(inner), dtype=torch.float64)
    cross = (query @ features.T / features.shape[1]).double()
    predicted = cross @ torch.linalg.solve(inner + ridge, labels.double())
    return 0.5 * (predicted - centred).square().sum(1).mean()


class FeatureRegression:
    """FRePo with one network: a step on images and labels, and then one of the network on them."""

    def __init__(
        self, task: Task, network: str, images: Images, targets: Int[Tensor, " items"], examples: int, rng: Rng
    ) -> None:
        """Args: network, its name; images and targets, of the set; examples, real ones per step."""
        self._task, self._examples, self._rng = task, examples, rng
        self._network = task.network(network, rng).trainable()
        self._images = images.clone().requires_grad_()
        self._labels = task.target.centred(targets).requires_grad_()
        self._outer = torch.optim.Adam([self._images, self._labels], 1e-3)
        self._inner = torch.optim.Adam(list(self._network.parameters.values()), 3e-4)

    def step(self) -> None:
        """One step of both."""
        real = self._task.train.draw(self._examples, self._rng)
        centred = self._task.target.centred(real.targets)
        loss = feature_ridge_loss(self._network, self._images, self._labels, real.inputs, centred)
        self._outer.zero_grad()
        loss.backward()
        self._outer.step()
        error = self._network(self._images.detach()).logits - self._labels.detach()
        self._inner.zero_grad()
        error.square().sum(1).mean().mul(0.5).backward()
        self._inner.step()


def training_epoch(
    network: Network, optimiser: torch.optim.Optimizer, train: Batch, task: Task, training: Training, rng: Rng
) -> None:
    """An epoch of an exam: shuffled batches, each augmented, SGD."""
    order = torch.randperm(len(train), generator=rng.child("order").torch())
    for index in order.split(training.batch):
        part = train.select(index)
        record = task.augmentation.draw(len(part), rng.child("augmentation"))
        inputs = task.augmentation.apply(record, part.inputs)
        loss = task.mean_loss(network(inputs).logits, part)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()


def forward_pass(network: Network, test: Batch) -> Float[Tensor, "n outputs"]:
    """Logits (n, outputs) of all test examples."""
    network = network.evaluating()
    with torch.no_grad():
        return torch.cat([network(part.inputs).logits for part in test.parts(_PART)])
