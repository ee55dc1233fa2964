"""A network trained on the synthetic set while the set changes (DC, DSA, GCond): outer and inner loop."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from torch import Tensor

from condenset.core.optimisers import Kind
from condenset.learners.sgd import train_epochs
from condenset.learners.training import PLAIN, Training
from condenset.nets.network import Network
from condenset.sources.real_sides import RealSides
from condenset.sources.source import Draw, Setting
from condenset.synthetic import SyntheticSet

_TABLE = (10, 20, 30, 40, 50), (50, 25, 20, 15, 10)  # images per class, passes over the set


def released_loops(per_class: int) -> tuple[int, int]:
    """DC's table of outer and inner loops: as many outer ones as images per class, the inner ones by interpolation.

    A budget that is not in the table is warned of.
    """
    inner = 1 if per_class == 1 else round(float(np.interp(per_class, *_TABLE)))
    if per_class not in (1, *_TABLE[0]):
        warnings.warn(
            f"the paper gives no loops for {per_class} images per class: {per_class} outer and {inner} inner ones are "
            "interpolated from its table",
            stacklevel=2,
        )
    return per_class, inner


@dataclass(frozen=True)
class Online:
    """The loops' numbers.

    Attributes:
        outer: stages of a network, with training between them.
        inner: passes over the synthetic set between two stages.
        every: matching steps of a stage, all under one augmentation, so that its real side is measured once.
        batch: examples per inner step.
        optimiser, rate: of the inner training, without momentum or decay.
        augment: whether every example is augmented in the inner training.
        siamese: whether real and synthetic data share an augmentation.
    """

    outer: int = 1
    inner: int = 1
    every: int = 1
    batch: int = 256
    optimiser: Kind = "sgd"
    rate: float = 0.01
    augment: bool = False
    siamese: bool = True

    @classmethod
    def short(cls, per_class: int) -> Online:
        """Loops for runs of hundreds of steps where the released ones take ten thousand: fewer and longer inner steps,
        augmented, and ten matching steps to a stage."""
        return cls(outer=min(per_class, 5), inner=10, every=10, rate=0.05, augment=True)

    @property
    def training(self) -> Training:
        """The inner training between two stages."""
        return replace(
            PLAIN, epochs=self.inner, batch=self.batch, optimiser=self.optimiser, rate=self.rate, augment=self.augment
        )

    def begin(self, setting: Setting) -> RunningOnline:
        """Start with the first network."""
        return RunningOnline(self, setting)


class RunningOnline:
    """The current network and how far it was trained."""

    def __init__(self, online: Online, setting: Setting) -> None:
        """Args: online, the loops' numbers; setting, the run's."""
        self._online, self._setting = online, setting
        self._network: Network | None = None
        self._real_sides: RealSides | None = None  # of the current stage

    def draw(self, step: int) -> Draw:
        """The current network; a new one after `outer` stages."""
        number, stage = divmod(step // self._online.every, self._online.outer)
        if self._network is None or (stage == 0 and step % self._online.every == 0):
            self._network = self._setting.draw_network(number)
        address = step // self._online.every
        augmentation = self._setting.draw_augmentation(address) if self._online.siamese else None
        return Draw(self._network, augmentation, self._real_sides_of(address), uses=self._online.every)

    def _real_sides_of(self, stage: int) -> RealSides | None:
        if self._online.every == 1:
            return None
        if self._real_sides is None or self._real_sides.key != stage:
            self._real_sides = RealSides(stage)
        return self._real_sides

    def after(self, step: int, synthetic: SyntheticSet) -> None:
        """After a stage, train on the set as it now is, unless it was the network's last."""
        stages, rest = divmod(step + 1, self._online.every)
        if self._network is None or rest or stages % self._online.outer == 0:
            return
        setting, online = self._setting, self._online
        rng, batch = setting.rng.child("inner", step), synthetic.decode().detach()
        for network in train_epochs(self._network, batch, setting.task, online.training, rng, setting.execution):
            trained = network
        self._network = self._network.with_parameters({k: p.detach() for k, p in trained.parameters.items()})

    def state(self) -> dict[str, Tensor]:
        """The parameters that the current network has come to, for a checkpoint."""
        return {} if self._network is None else {"parameters": self._network.flat()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue with the saved network."""
        if "parameters" in state:
            network = self._setting.draw_network(0)
            self._network = network.at(state["parameters"])
