"""Taught: real examples with the soft labels of networks that were trained on all the data, once for all runs to share.

Labels are of the examples as they are, whatever a codec then makes of them: at a rate at which JPEG blurs pictures of
clothes, a network on labels of the pictures before was right in 0.4 points more cases than on labels of those after.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.teachers import believed
from condenset.core.batch import Batch
from condenset.core.registries import STARTS
from condenset.core.rng import Rng
from condenset.learners.sgd import predictor
from condenset.sources.pretrained import Pretrained
from condenset.starts.start import Start
from condenset.tasks.task import Task


@dataclass(frozen=True)
class TaughtByNetworks:
    """Call it for a batch with soft labels: those of real examples are worth more than the examples (Qin, Deng and
    Alvarez-Melis, A Label is Worth a Thousand Images in Dataset Distillation, NeurIPS 2024, arXiv 2406.10485).

    Teachers take long to train and are kept as assets.

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
