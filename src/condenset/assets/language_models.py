"""Language models of the training texts, judged by how well they read validation texts."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.model_store import ModelStore, Paced
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.nets.language_model import LanguageModel, places
from condenset.tasks.task import Task

_PART = 256  # validation texts that are read at a time


@dataclass(frozen=True)
class LanguageModelling(Paced):
    """How a language model is trained.

    Attributes:
        size: of a word vector.
        width: of the recurrent units.
    """

    size: int = 64
    width: int = 128


USUAL = LanguageModelling()


class LanguageModelStore(ModelStore[LanguageModel, LanguageModelling]):
    """The language model of one task."""

    kind, stream = "language model", "language"

    def __init__(self, task: Task, how: LanguageModelling = USUAL) -> None:
        """Args: task, which offers "language"."""
        super().__init__(task, how)
        self._vocabulary: int = task.resources["language"].vocabulary

    def _drawn(self, generator: torch.Generator) -> LanguageModel:
        return LanguageModel(self._vocabulary, len(self._task.groups), self.how.size, self.how.width, generator)

    def _error(self, model: LanguageModel, batch: Batch, number: int, rng: Rng) -> Float[Tensor, ""]:
        return model.losses(*_words(batch)).mean()

    @torch.no_grad()
    def _loss(self, model: LanguageModel, batch: Batch) -> Float[Tensor, ""]:
        """Mean cross-entropy over all words and ends."""
        total = words = torch.zeros((), device=batch.weight.device)
        for texts, groups in map(_words, batch.parts(_PART)):
            counts = places(texts).sum(1)
            total, words = total + (model.losses(texts, groups) * counts).sum(), words + counts.sum()
        return (total / words).cpu()

    def _told(self, loss: float) -> str:
        return f"perplexity {math.exp(loss):.1f}"


def _words(batch: Batch) -> tuple[Tensor, Tensor]:
    """Texts (n, longest), as long as the longest of them, and their groups (n,)."""
    words: Tensor = batch.inputs.cut
    return words.long(), batch.groups
