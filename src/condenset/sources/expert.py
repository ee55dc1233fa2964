"""Points on stored expert trajectories (Cazenavette et al. 2022, arXiv 2203.11932)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from condenset.assets.experts import Experts, ExpertStore, FirstLesson
from condenset.sources.source import ByStep, Draw, Setting
from condenset.tasks.task import Task


@dataclass(frozen=True)
class StartRange:
    """Epochs of an expert, first <= start < end.

    Attributes:
        first: earliest, T-.
        end: above the latest, T+.
        begin_end: what `end` is at the first step, easy epochs before hard ones (Guo et al., DATM, ICLR 2024,
            arXiv 2310.05773); None: always `end`.
        growth: steps over which it grows to `end`, linearly.
    """

    first: int = 0
    end: int = 2
    begin_end: int | None = None
    growth: int = 0

    def end_at(self, step: int) -> float:
        """The end of the range at a step of the distillation, from 0."""
        if self.begin_end is None or step >= self.growth:
            return float(self.end)
        return self.begin_end + (self.end - self.begin_end) * step / self.growth


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
