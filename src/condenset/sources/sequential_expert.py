"""Experts that already know the finished part of the set (Du et al., Sequential Subset Matching, NeurIPS 2023, arXiv
2311.01570): what the first items teach is not taught again by the later ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from torch import Tensor

from condenset.assets.experts import Experts, ExpertStore, FirstLesson
from condenset.core.batch import Batch
from condenset.learners.training import Training
from condenset.sources.expert import Expert
from condenset.sources.source import ByStep, Draw, Setting
from condenset.synthetic import SyntheticSet, stages_of
from condenset.tasks.task import Task


@dataclass(frozen=True)
class SequentialExpert:
    """The set's items are distilled in stages, a part of every group in each.

    Attributes:
        expert: where on the trajectories, in every stage.
        stages: parts.
        steps: of the distillation, in every stage.
        lesson: how an expert learns the finished items before it is trained on the data.
    """

    expert: Expert = field(default_factory=Expert)
    stages: int = 2
    steps: int = 100
    lesson: Training = field(default_factory=lambda: Training(epochs=100, weight_decay=0.0))

    def store(self, task: Task, network: str | None) -> ExpertStore:
        """The first stage's experts; those of later stages wait for their lesson."""
        return self.expert.store(task, network)

    def with_experts(self, experts: Experts) -> SequentialExpert:
        """The same stages with other experts."""
        return replace(self, expert=self.expert.with_experts(experts))

    def begin(self, setting: Setting) -> RunningSequentialExpert:
        """Start with the first stage."""
        return RunningSequentialExpert(self, setting)


class RunningSequentialExpert:
    """Stretches of the experts of the stage that a run is in, stage after stage."""

    def __init__(self, sequential: SequentialExpert, setting: Setting) -> None:
        """Args: sequential, the stages; setting, the run's."""
        self._sequential, self._setting = sequential, setting
        self._known: Batch | None = None
        self._source: ByStep | None = None

    def draw(self, step: int) -> Draw:
        """A stretch of an expert that learnt the finished items first, and the stage."""
        if self._source is None:
            lesson = None if self._known is None else FirstLesson(self._known, self._sequential.lesson)
            self._source = self._sequential.expert.begin(self._setting, lesson)
        return replace(self._source.draw(step), stage=self._stage(step))

    def after(self, step: int, synthetic: SyntheticSet) -> None:
        """At the end of a stage its items are finished, and new experts are needed."""
        if self._stage(step + 1) > self._stage(step):
            batch = synthetic.decode().detach()
            finished = stages_of(batch.groups, self._sequential.stages) <= self._stage(step)
            self._known, self._source = batch.select(finished.nonzero().flatten()), None

    def state(self) -> dict[str, Tensor]:
        """The finished items, decoded: the fields of a `Batch`, inputs (items, ...); empty before there are any."""
        if self._known is None:
            return {}
        known = self._known
        return {"inputs": known.inputs, "targets": known.targets, "groups": known.groups, "weight": known.weight}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue with the saved items (items, ...)."""
        self._known = Batch(**state) if state else None
        self._source = None

    def _stage(self, step: int) -> int:
        return min(step // self._sequential.steps, self._sequential.stages - 1)
