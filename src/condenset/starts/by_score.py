"""Coresets by training scores: a few networks are trained on the data, and examples are kept by how they fared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core import structure
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.kernels.selection import highest
from condenset.learners.sgd import train_epochs
from condenset.learners.training import Training
from condenset.nets.network import Network, Output
from condenset.tasks.task import Task


@runtime_checkable
class Difficulty(Protocol):
    """How hard every example is for a network, of the shape (examples,)."""

    def __call__(self, epochs: Iterator[Network], batch: Batch, task: Task) -> Float[Tensor, " examples"]:
        """Scores (examples,), higher for harder.

        Args: epochs, the network after every epoch of its training on the batch, which goes on as they are taken.
        """


@dataclass(frozen=True)
class ByScore:
    """Per group, the examples of highest or of lowest score.

    Attributes:
        score: the mean over networks decides.
        networks: trained ones.
        epochs: of each.
        examples: seen in an epoch: random training examples, as many of every group, that networks learn and that are
            chosen from. More where the budget is above half of them; fewer data are passed several times in an epoch.
        network: architecture, None for a narrow one.
        batch, rate: of the training, SGD with momentum 0.9.
        hardest_from: share of the training data from which on a budget keeps the hardest examples. A smaller one
            keeps the easiest: few examples must first say what is typical (Sorscher et al., Beyond Neural Scaling
            Laws, NeurIPS 2022, arXiv 2206.14486).
    """

    score: Difficulty
    networks: int = 3
    epochs: int = 5
    examples: int = 1000
    network: str | None = None
    batch: int = 32
    rate: float = 0.01
    hardest_from: float = 0.2

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, the most extreme first."""
        pools = self._pools(task, counts, rng.child("examples"))
        scores = self.scores(task, torch.cat(pools), rng).split([len(pool) for pool in pools])
        sign = 1 if int(counts.sum()) >= self.hardest_from * len(task.train) else -1
        picks = [
            pool[highest(sign * own, count)] for pool, own, count in zip(pools, scores, counts.tolist(), strict=True)
        ]
        return task.train.cut_out(torch.cat(picks))

    def scores(self, task: Task, chosen: Int[Tensor, " n"], rng: Rng) -> Float[Tensor, " n"]:
        """Mean scores (n,) of training examples under networks that are trained on them alone."""
        batch = task.train.select(chosen)
        passes = max(1, self.examples // len(chosen))
        training = Training(epochs=self.epochs * passes, batch=self.batch, rate=self.rate, drop_at=())
        found = []
        for number in range(self.networks):
            network = task.network(self.network or task.narrow(), rng.child("initial", number))
            trained = train_epochs(network, batch, task, training, rng.child("training", number))
            found.append(self.score(islice(trained, passes - 1, None, passes), batch, task))
        mean = torch.stack(found).mean(0)
        return mean[chosen] if structure.joint(batch.inputs) else mean

    def _pools(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> list[Tensor]:
        """Indices of the examples of every group that are chosen from, in random order."""
        generator = rng.torch()
        pools = []
        for group, count in enumerate(counts.tolist()):
            members = task.train.members(group)
            limit = max(self.examples // len(counts), 2 * count)
            pools.append(members[torch.randperm(len(members), generator=generator)[:limit]])
        return pools


def looked_at(network: Network, batch: Batch) -> Output:
    """Logits (examples, outputs) and embedding (examples, features), in evaluation mode and as constants."""
    with torch.no_grad():
        found = list(network.evaluating().in_parts(batch.inputs))
    return Output(torch.cat([o.logits for o in found]), torch.cat([o.embedding for o in found]))


def errors(logits: Float[Tensor, "n outputs"], batch: Batch, task: Task) -> Float[Tensor, "n outputs"]:
    """Derivatives of every example's loss in its outputs: probabilities less the label for classes."""
    outputs = logits.detach().requires_grad_()
    return torch.autograd.grad(task.target.loss(outputs, batch.targets).sum(), outputs)[0]
