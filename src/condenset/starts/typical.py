"""Real examples of which a trained network is as sure as of most of their class."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.sources.pretrained import Pretrained
from condenset.starts.patches import losses
from condenset.starts.start import wanted
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Typical:
    """The start of DELT (Shen et al., CVPR 2025, arXiv 2411.19946): examples around the median of the probability that
    the network gives their class, the one at the median first.

    Attributes:
        source: the trained network, the first of its networks.
        network: its architecture, None for the task's default.
        candidates: random examples of a class that are judged, more where more are needed.
    """

    source: Pretrained = field(default_factory=Pretrained)
    network: str | None = None
    candidates: int = 300

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, those nearest to the median of their class first."""
        observer, picks = self.source.trained(task, self.network), []
        for group, count in wanted(counts):
            members = task.train.members(group)
            order = torch.randperm(len(members), generator=rng.child(group).torch())
            judged = members[order[: max(self.candidates, count)]]
            hardness = losses(observer, task.train.select(judged).inputs, group).cpu()
            ranks = hardness.argsort(stable=True).argsort()
            picks.append(judged[(ranks - len(judged) // 2).abs().argsort(stable=True)[:count]])
        return task.train.cut_out(torch.cat(picks))
