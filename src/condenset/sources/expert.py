"""Points on stored expert trajectories (Cazenavette et al. 2022, arXiv 2203.11932)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from condenset.assets.experts import Experts, ExpertStore, FirstLesson
from condenset.sources.source import ByStep, Draw, Setting
from condenset.sources.start_range import StartRange
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Expert:
    """Where on the trajectories.

    Attributes:
        experts: how they are trained.
        epochs: expert epochs from the start to the goal, M.
        starts: epochs that a student may start from.
    """

    experts: Experts = field(default_factory=Experts)
    epochs: int = 2
    starts: StartRange = field(default_factory=StartRange)

    @property
    def alike(self) -> bool:
        """Unless the range of the starts grows."""
        return self.starts.begin_end is None

    @property
    def kept(self) -> tuple[int, ...]:
        """The epochs that are ever drawn, as starts or as goals; experts are trained to the last of them."""
        starts = range(self.starts.first, self.starts.end)
        return tuple(sorted({*starts, *(start + self.epochs for start in starts)}))

    def store(self, task: Task, network: str | None, lesson: FirstLesson | None = None) -> ExpertStore:
        """The experts; lesson, what they learn before the data."""
        return ExpertStore(self.experts, task, network, self.kept, lesson)

    def with_experts(self, experts: Experts) -> Expert:
        """The same stretches of other experts."""
        return replace(self, experts=experts)

    def begin(self, setting: Setting, lesson: FirstLesson | None = None) -> ByStep:
        """Open the store; a step draws an expert, a start and its goal. Args: lesson, what experts learn before the
        data."""
        store, template = self.store(setting.task, setting.network, lesson), setting.draw_network("template")

        def draw(step: int) -> Draw:
            stream = setting.rng.child("expert", step).numpy()
            number = int(stream.integers(self.experts.count))
            start = int(stream.integers(self.starts.first, int(self.starts.end_at(step))))
            begin, goal = (store.checkpoint(number, epoch) for epoch in (start, start + self.epochs))
            return Draw(template.at(begin), goal=goal)

        return ByStep(draw)
