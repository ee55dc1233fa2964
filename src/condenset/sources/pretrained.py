"""Networks trained on the data beforehand, one after another (SRe2L, arXiv 2306.13092; several: G-VBSM, 2311.17950)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice

from condenset.assets.experts import Experts, ExpertStore
from condenset.core.rng import Rng
from condenset.nets.network import Network
from condenset.nets.norm_statistics import with_running_statistics
from condenset.sources.source import Draw, Setting, Stateless
from condenset.tasks.task import Task

_BATCHES = 64  # that running statistics are means over


@dataclass(frozen=True)
class Pretrained:
    """How they are trained.

    Attributes:
        experts: the training; as many networks as experts.
        epochs: of it.
        augment: whether every step draws an augmentation.
    """

    experts: Experts = field(default_factory=lambda: Experts(count=1, momentum=0.9))
    epochs: int = 10
    augment: bool = True

    def store(self, task: Task, network: str | None) -> ExpertStore:
        """Where their parameters are kept."""
        return ExpertStore(self.experts, task, network, (self.epochs,))

    def with_experts(self, experts: Experts) -> Pretrained:
        """The same of networks that are trained otherwise."""
        return replace(self, experts=experts)

    def trained(self, task: Task, network: str | None, number: int = 0) -> Network:
        """The network of a number in evaluation mode, trained if it is not there yet.

        Args: network, its architecture, None for the task's default. Running statistics are those of random batches.
        """
        template = task.network(network, Rng(0))
        drawn = template.at(self.store(task, network).checkpoint(number, self.epochs))
        rng = Rng(self.experts.seed).child("statistics", number)
        batches = islice(task.train.epoch(self.experts.batch, rng), _BATCHES)
        return with_running_statistics(drawn, (part.inputs for part in batches)).evaluating()

    def begin(self, setting: Setting) -> RunningPretrained:
        """Start a run."""
        return RunningPretrained(self, setting)


class RunningPretrained(Stateless):
    """The networks that were drawn so far, each under its number."""

    def __init__(self, pretrained: Pretrained, setting: Setting) -> None:
        """Args: pretrained, how; setting, the run's."""
        self._pretrained, self._setting = pretrained, setting
        self._networks: dict[int, Network] = {}

    def draw(self, step: int) -> Draw:
        """The step's turn among the networks."""
        number, setting = step % self._pretrained.experts.count, self._setting
        if number not in self._networks:
            self._networks[number] = self._pretrained.trained(setting.task, setting.network, number)
        augmentation = setting.draw_augmentation(step) if self._pretrained.augment else None
        return Draw(self._networks[number], augmentation)
