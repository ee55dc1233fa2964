"""Texts that a generator writes, those that cover best what it writes for their group."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from condenset.codecs.sentences import Sentences
from condenset.codecs.text_generator import TextGenerator
from condenset.core.rng import Rng
from condenset.core.structure import mapped
from condenset.kernels.selection import k_center
from condenset.nets.language_model import written
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class GeneratedTexts:
    """Of more texts than are wanted, k-center's choice in the modality's representation, first the nearest to the mean.

    Attributes:
        written: texts for each that is chosen.
        share: of the probability that the words hold which a word is drawn among.
        longest: words of a text at most.
    """

    written: int = 10
    share: float = 0.95
    longest: int = 24

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The same labels on texts, stored and priced as real ones are. Raises `RequestError` for another codec."""
        codec = TextGenerator.expected(synthetic.codec, "writes no texts: this finish needs text-generator")
        reader = task.resources["language"]
        groups = synthetic.groups.repeat_interleave(self.written)
        words = written(codec.model, groups, min(self.longest, reader.longest), self.share, rng.child("words").torch())
        texts = mapped(lambda part: part.to(task.device), reader.read(reader.written(words)))
        vectors, chosen = task.modality.represent(texts), torch.zeros(len(synthetic.groups), dtype=torch.int64)
        for group in range(task.train.groups):
            own, items = ((of == group).nonzero().flatten().cpu() for of in (groups, synthetic.groups))
            if len(items):
                first = (vectors[own] - vectors[own].mean(0)).square().sum(1).argmin()
                chosen[items] = own[k_center(vectors[own], len(items), int(first))]
        return synthetic.replaced(codec=Sentences.encode(texts.take(chosen), task).to(task.device))


FINISH = GeneratedTexts()
