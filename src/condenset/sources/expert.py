"""Points on stored expert trajectories (Cazenavette et al. 2022, arXiv 2203.11932)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from condenset.assets.experts import Experts, ExpertStore, FirstLesson
from condenset.sources.source import Draw, Setting, Stateless
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

    def begin(self, setting: Setting) -> RunningExpert:
        """Start a run, which opens the store of expert trajectories."""
        return RunningExpert(self, setting)


class RunningExpert(Stateless):
    """Draws an expert, a start and its goal for every step."""

    def __init__(self, expert: Expert, setting: Setting, lesson: FirstLesson | None = None) -> None:
        """Args: expert, where to draw; setting, the run's; lesson, what experts learn before the data."""
        self._expert, self._setting = expert, setting
        self._store = expert.store(setting.task, setting.network, lesson)
        self._template = setting.draw_network("template")

    def draw(self, step: int) -> Draw:
        """A network at the start of a stretch, with its goal."""
        stream, starts = self._setting.rng.child("expert", step).numpy(), self._expert.starts
        number = int(stream.integers(self._expert.experts.count))
        start = int(stream.integers(starts.first, int(starts.end_at(step))))
        begin, goal = (self._store.checkpoint(number, epoch) for epoch in (start, start + self._expert.epochs))
        return Draw(self._template.at(begin), goal=goal)
