"""Points on stored expert trajectories (Cazenavette et al. 2022, arXiv 2203.11932)."""

from __future__ import annotations

from dataclasses import dataclass, field

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.errors import RequestError
from condenset.core.executor import Executor
from condenset.sources.source import Draw, Setting, Stateless
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Expert:
    """Where on the trajectories.

    Attributes:
        experts: how they are trained.
        epochs: expert epochs from the start to the goal, M.
        latest_start: starts are drawn from 0 ... latest_start - 1, T+.
    """

    experts: Experts = field(default_factory=Experts)
    epochs: int = 2
    latest_start: int = 2

    def prepare(self, task: Task, network: str | None, executor: Executor) -> None:
        """Train the experts that are missing before the run begins, many at a time."""
        ExpertStore(self.experts, task, network).train_missing(executor)

    def begin(self, setting: Setting) -> RunningExpert:
        """Open the store. Raises `RequestError` when the trajectories are too short."""
        if self.latest_start - 1 + self.epochs > self.experts.epochs:
            raise RequestError(
                f"experts of {self.experts.epochs} epochs end before start {self.latest_start - 1} + {self.epochs}: "
                "train them longer or start earlier"
            )
        return RunningExpert(self, setting)


class RunningExpert(Stateless):
    """Draws an expert, a start and its goal for every step."""

    def __init__(self, expert: Expert, setting: Setting) -> None:
        """Args: expert, where to draw; setting, the run's."""
        self._expert, self._setting = expert, setting
        self._store = ExpertStore(expert.experts, setting.task, setting.network)
        self._template = setting.draw_network("template")

    def draw(self, step: int) -> Draw:
        """A network at the start of a stretch, with its goal."""
        stream = self._setting.rng.child("expert", step).numpy()
        number = int(stream.integers(self._expert.experts.count))
        start = int(stream.integers(self._expert.latest_start))
        trajectory = self._store.trajectory(number).to(self._setting.execution.device)
        network = self._template.with_parameters(self._template.unflatten(trajectory[start]))
        return Draw(network, goal=trajectory[start + self._expert.epochs])
