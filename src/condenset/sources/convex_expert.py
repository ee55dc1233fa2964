"""Points on straightened expert trajectories (Zhong et al., Towards Stable and Storage-efficient Dataset Distillation:
Matching Convexified Trajectory, CVPR 2025, arXiv 2406.19827)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.errors import RequestError
from condenset.sources.expert import StartRange
from condenset.sources.source import ByStep, Draw, Setting
from condenset.tasks.task import Task


@dataclass(frozen=True)
class ConvexExpert:
    """Every expert is the straight line from its first parameters to its last ones; only these two are stored.

    On the line every parameter tensor stands, after an epoch, at the share of its whole path (the sum of its steps'
    lengths) that it had walked by then; between epochs the share is linear, so a time is any real number of epochs.

    Attributes:
        experts: how they are trained.
        length: epochs that they are trained for.
        epochs: from the start to the goal, M.
        starts: times that a student may start at.
    """

    experts: Experts = field(default_factory=Experts)
    length: int = 3
    epochs: int = 2
    starts: StartRange = field(default_factory=lambda: StartRange(end=1))

    @property
    def alike(self) -> bool:
        """Unless the range of the starts grows."""
        return self.starts.begin_end is None

    def store(self, task: Task, network: str | None) -> ExpertStore:
        """The ends of the lines."""
        return ExpertStore(self.experts, task, network, (self.length,))

    def with_experts(self, experts: Experts) -> ConvexExpert:
        """The same times on other lines."""
        return replace(self, experts=experts)

    def begin(self, setting: Setting) -> ByStep:
        """Open the store; a step draws an expert, a time and its goal. Raises `RequestError` when the trajectories are
        too short."""
        if self.starts.end + self.epochs > self.length:
            raise RequestError(
                f"experts of {self.length} epochs end before start {self.starts.end} + {self.epochs}: "
                "train them longer (length) or start earlier (starts.end)"
            )
        store, template = self.store(setting.task, setting.network), setting.draw_network("template")
        sizes = torch.tensor([p.numel() for p in template.parameters.values()])

        def at(number: int, time: float) -> Float[Tensor, " parameters"]:
            first, last = (store.checkpoint(number, epoch) for epoch in (0, self.length))
            shares = walked(store.lengths(number), time)
            return torch.lerp(first, last, shares.repeat_interleave(sizes.to(shares.device)))

        def draw(step: int) -> Draw:
            stream = setting.rng.child("expert", step).numpy()
            number = int(stream.integers(self.experts.count))
            time = float(stream.uniform(self.starts.first, self.starts.end_at(step)))
            begin, goal = (at(number, t) for t in (time, time + self.epochs))
            return Draw(template.at(begin), goal=goal)

        return ByStep(draw)


def walked(lengths: Float[Tensor, "epochs tensors"], time: float) -> Float[Tensor, " tensors"]:
    """The share of its path that every tensor has walked at a time in epochs; 0 for a tensor that never moves."""
    paths = torch.cat([torch.zeros_like(lengths[:1]), lengths.cumsum(0)])
    epoch = min(int(time), len(lengths) - 1)
    return torch.lerp(paths[epoch], paths[epoch + 1], time - epoch) / paths[-1].clamp(min=1e-12)
