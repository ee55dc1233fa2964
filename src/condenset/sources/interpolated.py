"""A rolling pool of networks between untrained and trained ones (Wang et al., NCFM, CVPR 2025, arXiv 2502.20653), or of
trained ones alone (Li et al., DSDM, ACM MM 2024)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

from condenset.assets.experts import Experts, ExpertStore
from condenset.sources.pool import Pool, RunningPool
from condenset.sources.source import Draw, Setting
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Interpolated:
    """Where between the ends of expert trajectories, and how the networks come and go.

    Attributes:
        pool: how many networks are held at a time and how they are renewed.
        experts: how the trained ends come about.
        length: epochs from an expert's beginning to its end.
        initial: a network is l times an expert's beginning and 1 - l times its end, l uniform in [0, initial];
            1 covers the whole stretch, 0 gives trained networks.
    """

    alike: ClassVar[bool] = True

    pool: Pool = field(default_factory=Pool)
    experts: Experts = field(default_factory=Experts)
    length: int = 4
    initial: float = 1.0

    def store(self, task: Task, network: str | None) -> ExpertStore:
        """The ends of the trajectories."""
        return ExpertStore(self.experts, task, network, (self.length,))

    def with_experts(self, experts: Experts) -> Interpolated:
        """The same mixtures between the ends of other experts' trajectories."""
        return replace(self, experts=experts)

    def begin(self, setting: Setting) -> RunningPool:
        """Open the store of experts; what is missing is trained when it is first drawn."""
        store = self.store(setting.task, setting.network)
        template = setting.draw_network("template")

        def member(born: int) -> Draw:
            stream = setting.rng.child("interpolated", born).numpy()
            number, share = int(stream.integers(self.experts.count)), float(stream.uniform(0, self.initial))
            first, last = (store.checkpoint(number, epoch) for epoch in (0, self.length))
            ends = first.lerp(last, 1 - share), last
            network, trained = (template.at(end) for end in ends)
            return Draw(network, trained=trained)

        return RunningPool(self.pool, setting, member)
