"""Taught by networks: real examples with the soft labels of networks that are kept as assets, for all runs to share."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.teachers import believed
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.sgd import predictor
from condenset.sources.pretrained import Pretrained
from condenset.starts.start import STARTS, Start
from condenset.tasks.task import Task


@dataclass(frozen=True)
class TaughtByNetworks:
    """As `Taught`, where teachers are networks that take long to train; call it for a batch with soft labels.

    Attributes:
        coreset: the start that chooses the examples, by name.
        source: the trained networks.
        network: their architecture, None for the task's default.
    """

    coreset: str = "random"
    source: Pretrained = field(default_factory=Pretrained)
    network: str | None = None

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, with what the networks believe of them (items, outputs), on average."""
        start: Start = STARTS.get(self.coreset)
        batch, store = start(task, counts, rng), self.source.store(task, self.network)
        models = [predictor(store.teacher(number)) for number in range(len(store))]
        return replace(batch, targets=believed(task, models, batch.inputs))
