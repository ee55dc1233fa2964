"""Trained networks, each moved a little way up the loss of other examples, so that items that are made from them differ
(Du et al., Diversity-Driven Synthesis, DWA, NeurIPS 2024, arXiv 2409.17612)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import torch
from torch import Tensor

from condenset.assets.teacher_store import Squeeze, TeacherStore
from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.sources.pretrained import Pretrained
from condenset.sources.source import ByStep, Draw, Setting
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Perturbed:
    """How they are moved.

    Attributes:
        pretrained: the networks.
        stages: directions that the first of them is moved in. The items of rank k in their classes are seen at the
            steps k, k + stages, ... by the network that moved in direction k.
        ascents: steps up the mean loss of random real examples, one of every class.
        radius: length of all ascents together, in parameter space.
    """

    pretrained: Pretrained = field(default_factory=Pretrained)
    stages: int = 10
    ascents: int = 12
    radius: float = 0.015

    def store(self, task: Task, network: str | None) -> TeacherStore:
        """Where the networks are kept."""
        return self.pretrained.store(task, network)

    def with_experts(self, experts: Squeeze) -> Perturbed:
        """The same of networks that are trained otherwise."""
        return replace(self, pretrained=self.pretrained.with_experts(experts))

    def begin(self, setting: Setting) -> ByStep:
        """Start a run; a stage's network is moved when it is first its turn."""
        source, moved = self.pretrained.begin(setting), dict[int, Network]()

        def draw(step: int) -> Draw:
            draw, stage = source.draw(step), step % self.stages
            if stage not in moved:
                real = setting.task.train.sample(1, setting.rng.child("ascent", stage))
                moved[stage] = self._ascended(draw.network, real, setting.task)
            return replace(draw, network=moved[stage], real_sides=None, stage=stage)

        return ByStep(draw)

    def _ascended(self, network: Network, real: Batch, task: Task) -> Network:
        for _ in range(self.ascents):
            trainable = network.trainable()
            loss = task.mean_loss(trainable(real.inputs).logits, real)
            slopes = torch.autograd.grad(loss, list(trainable.parameters.values()))
            pace = self.radius / self.ascents / (_length(slopes) + 1e-12)
            pairs = zip(network.parameters.items(), slopes, strict=True)
            network = network.with_parameters({name: value + pace * slope for (name, value), slope in pairs})
        return network


def _length(slopes: tuple[Tensor, ...]) -> Tensor:
    return torch.stack([slope.norm() for slope in slopes]).norm()
