"""Texts that a language model of the training texts writes for each group: of none of them, and like all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from jaxtyping import Int
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.language_models import LanguageModelStore
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.nets.language_model import written
from condenset.starts.random import random
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Written:
    """Call it for a batch of new texts.

    Attributes:
        share: of the probability that the words hold which a word is drawn among.
        longest: words of a text at most.
    """

    share: float = 0.95
    longest: int = 24

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """Where the language model is kept."""
        return (LanguageModelStore(task),)

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` texts of group g, with the targets that random real ones of the group have."""
        batch, reader = random(task, counts, rng), task.resources["language"]
        longest = min(self.longest, reader.longest)
        model = LanguageModelStore(task).model()
        words = written(model, batch.groups, longest, self.share, rng.child("words").torch())
        return replace(batch, inputs=reader.read(reader.written(words))).to(task.device)
