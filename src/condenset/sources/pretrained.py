"""Networks trained on the data beforehand, one after another (SRe2L, arXiv 2306.13092; several: G-VBSM, 2311.17950)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

from condenset.assets.teacher_store import Squeeze, TeacherStore
from condenset.nets.network import Network
from condenset.sources.real_sides import RealSides
from condenset.sources.source import ByStep, Draw, Setting
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Pretrained:
    """Teachers, in evaluation mode.

    Attributes:
        squeeze: how they are trained.
        networks: architectures that take turns; empty: the recipe's alone.
        given: files of teachers that were trained before, in place of those.
        augment: whether every step draws an augmentation.
    """

    squeeze: Squeeze = field(default_factory=Squeeze)
    networks: tuple[str, ...] = ()
    given: tuple[str, ...] = ()
    augment: bool = True

    def store(self, task: Task, network: str | None) -> TeacherStore:
        """The store of teachers that a task's networks are read from, trained where they are missing."""
        networks = self.networks or (network or task.modality.network,)
        return TeacherStore(self.squeeze, task, networks, self.given)

    def with_experts(self, experts: Squeeze) -> Pretrained:
        """The same of networks that are trained otherwise."""
        return replace(self, squeeze=experts)

    def trained(self, task: Task, network: str | None, number: int = 0) -> Network:
        """The network of a number in evaluation mode, trained if it is not there yet. Args: network, its architecture,
        None for the task's default. Raises `DataError` for a file that is no teacher of these data."""
        return self.store(task, network).teacher(number)

    def begin(self, setting: Setting) -> ByStep:
        """Start a run, in which networks take turns; each is read once, with what the data say under it as it is."""
        store = self.store(setting.task, setting.network)

        @cache
        def teacher(number: int) -> Draw:
            return Draw(store.teacher(number), real_sides=RealSides(number))

        def draw(step: int) -> Draw:
            augmentation = setting.draw_augmentation(step) if self.augment else None
            return replace(teacher(step % len(store)), augmentation=augmentation)

        return ByStep(draw)
