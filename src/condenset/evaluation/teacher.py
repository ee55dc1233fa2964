"""Who labels in an exam by distillation: a network trained on all the data, the same for every row."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.assets.teacher_store import Squeeze
from condenset.nets.network import Network
from condenset.sources.pretrained import Pretrained
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Teacher:
    """How it is trained: as `Squeeze` has it.

    Attributes:
        network: its architecture.
        epochs, examples, rate, batch: of its training; examples of an epoch.
    """

    network: str
    epochs: int
    examples: int = 20_000
    rate: float = 0.05
    batch: int = 128

    def taught(self, task: Task) -> Network:
        """The network in evaluation mode, from the cache where it was trained before."""
        squeeze = Squeeze(epochs=self.epochs, examples=self.examples, rate=self.rate, batch=self.batch)
        return Pretrained(squeeze).trained(task, self.network)
