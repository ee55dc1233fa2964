"""Texts that people can read, learnt by gradients: soft words are matched to the data and pulled to texts that a
language model could have written (GRADMM, Nguyen et al., ICML 2025, arXiv 2502.17607).

The alternating direction method of multipliers over the weights of words: steps of the set on the objective with the
augmented penalty, and between rounds of them a projection to readable texts and a step of the multipliers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.language_models import LanguageModelStore
from condenset.codecs.soft_words import SoftWords
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.nets.language_model import nearest_readable
from condenset.objectives.objective import Objective
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Readable:
    """What is matched, and how hard texts are pulled to what can be read.

    Attributes:
        matching: the objective of soft words.
        top: a word is readable where it is among so many that a language model holds for the likeliest there.
        penalty: rho, of the squared distance to the readable text; the greater, the fewer words change in a round.
        every: steps of a round.
    """

    matching: Objective
    top: int = 200
    penalty: float = 0.05
    every: int = 50

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """Where the language model is kept."""
        return (LanguageModelStore(task),)

    def begin(self, task: Task, execution: Execution = HERE) -> RunningReadable:
        """Start for one run, with a language model that is trained if it is not there yet."""
        return RunningReadable(self, task, execution)


class RunningReadable:
    """The objective during one run; texts and multipliers are the set's own."""

    def __init__(self, objective: Readable, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._matching = objective, objective.matching.begin(task, execution)
        self._model = LanguageModelStore(task).model()

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """What is matched, and "readability", the penalty. Raises `RequestError` for another codec than soft-words."""
        codec = _soft_words(synthetic)
        missed = (codec.missed() + codec.dual).square().sum()
        return {**self._matching.terms(synthetic, draw, rng), "readability": self._objective.penalty / 2 * missed}

    def after(self, step: int, synthetic: SyntheticSet) -> None:
        """At the end of a round, project to readable texts and add what the weights miss them by to the multipliers."""
        if (step + 1) % self._objective.every:
            return
        codec = _soft_words(synthetic)
        with torch.no_grad():
            lengths = (codec.text > 0).sum(1)
            goal = codec.data + codec.dual
            text = nearest_readable(self._model, goal, lengths, synthetic.groups, self._objective.top)
            codec.text.copy_(text)
            codec.dual.add_(codec.missed())


def _soft_words(synthetic: SyntheticSet) -> SoftWords:
    return SoftWords.expected(synthetic.codec, "stores no soft words: this objective needs soft-words")
