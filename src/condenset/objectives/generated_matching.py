"""A generator of texts is matched to the data by how likely it finds what it writes (DiLM, Maekawa et al., NAACL
Findings 2024, arXiv 2404.00264): words are drawn and have no gradient, and their likelihood has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.assets.asset import AssetStore
from condenset.assets.language_models import LanguageModelStore
from condenset.codecs.text_generator import TextGenerator
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.nets.language_model import written
from condenset.objectives.signal_matching import RunningSignalMatching, SignalMatching
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class GeneratedMatching:
    """Which signal of texts that are written anew at every step, weighed by their likelihood.

    Attributes:
        matching: the signal of weighed texts and its distance from the data's; it has no further objectives.
        texts: that are written for each group.
        longest: words of a text at most.
        temperature: of the weights; the lower, the more the likeliest texts count.
    """

    matching: SignalMatching
    texts: int = 64
    longest: int = 24
    temperature: float = 1.0

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """Where the language model is kept that a generator begins as."""
        return (LanguageModelStore(task),)

    def begin(self, task: Task, execution: Execution = HERE) -> RunningGeneratedMatching:
        """Start for one run."""
        return RunningGeneratedMatching(self, task, execution)


class RunningGeneratedMatching:
    """The objective during one run."""

    def __init__(self, objective: GeneratedMatching, task: Task, execution: Execution) -> None:
        """Args: objective, its numbers; task, the data; execution, how many steps lie ahead, and precision."""
        self._objective, self._task = objective, task
        self._matching: RunningSignalMatching = objective.matching.begin(task, execution)

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        """The term "matching". Raises `RequestError` for another codec than text-generator."""
        generator = TextGenerator.expected(synthetic.codec, "writes no texts: this objective needs text-generator")
        objective, reader = self._objective, self._task.resources["language"]
        like = self._task.train.sample(1, rng.child("targets"))
        batch = like.select(torch.arange(len(like)).repeat_interleave(objective.texts))
        longest = min(objective.longest, reader.longest)
        words = written(generator.model, batch.groups, longest, 1.0, rng.child("words").torch())
        weight = likelihoods(generator.model.losses(words, batch.groups), batch.groups, objective.temperature)
        batch = replace(batch, inputs=reader.read(reader.written(words)), weight=weight).to(self._task.device)
        return {"matching": self._matching.distance(batch, draw, rng)}


def likelihoods(losses: Float[Tensor, " n"], groups: Int[Tensor, " n"], temperature: float) -> Float[Tensor, " n"]:
    """Weights (n,) of texts, a softmax of -loss / temperature over each group, which sum to 1 in it."""
    same = groups[:, None] == groups
    return (-losses / temperature).expand(len(groups), -1).masked_fill(~same, -torch.inf).softmax(1).diagonal()
