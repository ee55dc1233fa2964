"""Who labels in an exam by distillation: a network trained on all the data, the same for every row."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.assets.experts import Experts
from condenset.nets.network import Network
from condenset.sources.pretrained import Pretrained
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Teacher:
    """How it is trained: SGD with augmentation, at a constant rate.

    Attributes:
        network: its architecture.
        epochs, examples, rate, momentum, batch: of its training; examples of an epoch.
    """

    network: str
    epochs: int
    examples: int = 20_000
    rate: float = 0.01
    momentum: float = 0.9
    batch: int = 256

    def taught(self, task: Task) -> Network:
        """The network in evaluation mode, from the cache where it was trained before."""
        experts = Experts(count=1, examples=self.examples, rate=self.rate, momentum=self.momentum, batch=self.batch)
        return Pretrained(experts, self.epochs).trained(task, self.network)
