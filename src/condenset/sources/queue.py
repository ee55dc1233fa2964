"""Networks that are trained on the data while the set is learnt: one at a time (Kim et al., IDC, ICML 2022, arXiv
2205.14959) or many of different ages (Zhao et al., Improved Distribution Matching, CVPR 2023, arXiv 2307.09742)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from condenset.learners.sgd import train_epochs
from condenset.learners.training import PLAIN, Training
from condenset.nets.network import Network
from condenset.sources.real_sides import RealSides
from condenset.sources.source import Draw, Setting
from condenset.synthetic import SyntheticSet


@dataclass(frozen=True)
class Queue:
    """The queue's numbers.

    Attributes:
        size: networks held at a time; each step meets a random one.
        renew_every: steps after which the oldest network gives way to a new one.
        train_every: steps after which a random network is trained on. Until it is, it comes with the same augmentation
            and its real side is kept; 1 trains after every step.
        examples: real examples of a training.
        batch: examples per training step.
        rate: of the training by SGD without momentum or decay; ten times that of a momentum of 0.9 moves as far.
        augment: whether every example is augmented in the training.
        cutmix: chance that a training step mixes its images, see `Training`.
        siamese: whether real and synthetic data share an augmentation.
    """

    size: int = 1
    renew_every: int = 100
    train_every: int = 10
    examples: int = 512
    batch: int = 64
    rate: float = 0.1
    augment: bool = True
    cutmix: float = 0.0
    siamese: bool = True

    @property
    def training(self) -> Training:
        """One training of one network."""
        return replace(PLAIN, batch=self.batch, rate=self.rate, augment=self.augment, cutmix=self.cutmix)

    def begin(self, setting: Setting) -> RunningQueue:
        """Start a run with a queue of untrained networks."""
        return RunningQueue(self, setting)


class RunningQueue:
    """The networks, oldest first, each under a key that changes when it is trained."""

    def __init__(self, queue: Queue, setting: Setting) -> None:
        """Args: queue, its numbers; setting, the run's."""
        self._queue, self._setting = queue, setting
        self._members = {key: self._member(key, setting.draw_network(key)) for key in range(queue.size)}
        self._next = queue.size

    def draw(self, step: int) -> Draw:
        """A random network as far as it is trained."""
        return self._members[self._chosen("member", step)]

    def after(self, step: int, synthetic: SyntheticSet) -> None:
        """Renew the oldest network or train a random one, where it is time."""
        if (step + 1) % self._queue.renew_every == 0:
            del self._members[next(iter(self._members))]
            self._members[self._next] = self._member(self._next, self._setting.draw_network(self._next))
            self._next += 1
        elif (step + 1) % self._queue.train_every == 0:
            chosen, trained = self._chosen("trained", step), self._next
            after = self._member(trained, self._trained(self._members[chosen].network, step))
            pairs = ((trained, after) if key == chosen else (key, member) for key, member in self._members.items())
            self._members = dict(pairs)
            self._next += 1

    def _member(self, key: int, network: Network) -> Draw:
        augmentation = self._setting.draw_augmentation(key) if self._queue.siamese else None
        return Draw(network, augmentation, RealSides(key), uses=self._queue.train_every)

    def _chosen(self, name: str, step: int) -> int:
        return list(self._members)[self._setting.rng.child(name, step).integer() % len(self._members)]

    def _trained(self, network: Network, step: int) -> Network:
        setting, rng = self._setting, self._setting.rng.child("training", step)
        data = setting.task.train.draw(self._queue.examples, rng.child("data"))
        training, execution = self._queue.training, setting.execution
        (after,) = train_epochs(network, data, setting.task, training, rng, execution)
        return network.with_parameters({k: p.detach() for k, p in after.parameters.items()})

    def state(self) -> dict[str, Tensor]:
        """Parameters (networks, parameters) and keys (networks,) of the networks, oldest first, and the next key."""
        flat = torch.stack([member.network.flat() for member in self._members.values()])
        return {"parameters": flat, "keys": torch.tensor(list(self._members)), "next": torch.tensor(self._next)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue with the networks of saved parameters (networks, parameters)."""
        template = self._setting.draw_network(0)
        pairs = zip(state["keys"].tolist(), state["parameters"], strict=True)
        networks = {key: template.at(flat) for key, flat in pairs}
        self._members = {key: self._member(key, network) for key, network in networks.items()}
        self._next = int(state["next"])
