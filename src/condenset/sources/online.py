"""A network trained on the synthetic set while the set changes (DC, DSA, GCond): outer and inner loop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from condenset.core.optimisers import Kind, make_optimiser
from condenset.nets.network import Network
from condenset.sources.source import Draw, Setting
from condenset.synthetic import SyntheticSet


@dataclass(frozen=True)
class Online:
    """The loops' numbers.

    Attributes:
        outer: matching steps per network.
        inner: passes over the synthetic set between two matching steps.
        batch: examples per inner step.
        optimiser, rate: of the inner training.
        siamese: whether real and synthetic data share an augmentation.
    """

    outer: int = 1
    inner: int = 1
    batch: int = 256
    optimiser: Kind = "sgd"
    rate: float = 0.01
    siamese: bool = True

    def begin(self, setting: Setting) -> RunningOnline:
        """Start with the first network."""
        return RunningOnline(self, setting)


class RunningOnline:
    """The current network and how far it was trained."""

    def __init__(self, online: Online, setting: Setting) -> None:
        """Args: online, the loops' numbers; setting, the run's."""
        self._online, self._setting = online, setting
        self._network: Network | None = None

    def draw(self, step: int) -> Draw:
        """The current network; a new one every `outer` steps."""
        if step % self._online.outer == 0 or self._network is None:
            self._network = self._setting.draw_network(step // self._online.outer)
        augmentation = self._setting.draw_augmentation(step) if self._online.siamese else None
        return Draw(self._network, augmentation)

    def after(self, step: int, synthetic: SyntheticSet) -> None:
        """Train on the set as it now is, except after a network's last matching step."""
        if self._network is None or (step + 1) % self._online.outer == 0:
            return
        network = self._network.trainable()
        parameters = list(network.parameters.values())
        optimiser = make_optimiser(self._online.optimiser, parameters, self._online.rate)
        batch, rng = synthetic.decode().detach(), self._setting.rng.child("inner", step)
        for epoch in range(self._online.inner):
            order = torch.randperm(len(batch), generator=rng.child(epoch).torch())
            for part in order.split(self._online.batch):
                chosen = batch.select(part)
                optimiser.zero_grad()
                self._setting.task.mean_loss(network(chosen.inputs).logits, chosen).backward()
                optimiser.step()
        self._network = network.with_parameters({k: p.detach() for k, p in network.parameters.items()})

    def state(self) -> dict[str, Tensor]:
        """The current network's parameters."""
        return {} if self._network is None else {"parameters": self._network.flat()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue with the saved network."""
        if "parameters" in state:
            network = self._setting.draw_network(0)
            self._network = network.with_parameters(network.unflatten(state["parameters"]))
