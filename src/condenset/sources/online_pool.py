"""A pool of networks of many ages, trained on the synthetic set as it changes (FRePo, RCIG).

A step draws one member; afterwards the member is trained a little on the set, or gives way to a fresh network where it
is too old. So a set meets networks at every stage of training on it, without unrolling any of that training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from condenset.core.optimisers import Kind, make_optimiser, optimiser_state, restore_optimiser
from condenset.core.rng import Rng
from condenset.nets.compiled import compiled
from condenset.sources.source import Draw, Setting
from condenset.synthetic import SyntheticSet


@dataclass(frozen=True)
class OnlinePool:
    """The pool of FRePo (Zhou et al., NeurIPS 2022, arXiv 2206.00719) by default.

    Attributes:
        size: networks held at a time; their ages begin evenly spread, as counts alone.
        oldest: training steps after which a network gives way to a fresh one at its next visit.
        most_steps: a visit is followed by 1 ... most_steps training steps, drawn evenly.
        batch: examples of the set per training step, drawn without replacement.
        optimiser, rate: of the training, on the squared error against centred labels.
    """

    size: int = 10
    oldest: int = 100
    most_steps: int = 1
    batch: int = 1000
    optimiser: Kind = "adam"
    rate: float = 3e-4

    def begin(self, setting: Setting) -> RunningOnlinePool:
        """Start a run: all members of the pool are drawn now."""
        return RunningOnlinePool(self, setting)


class RunningOnlinePool:
    """The members as they are."""

    def __init__(self, pool: OnlinePool, setting: Setting) -> None:
        """Args: pool, its numbers; setting, the run's."""
        self._pool, self._setting = pool, setting
        self._members = [_Member(pool, setting, slot, 0, pool.oldest // pool.size * slot) for slot in range(pool.size)]

    def draw(self, step: int) -> Draw:
        """A random member as a constant, in evaluation mode."""
        network = self._member(step).network
        constant = network.with_parameters({k: p.detach() for k, p in network.parameters.items()})
        return Draw(constant.evaluating())

    def after(self, step: int, synthetic: SyntheticSet) -> None:
        """Train the step's member on the set as it now is, or replace it."""
        member, rng = self._member(step), self._setting.rng.child("train", step)
        if member.age > self._pool.oldest:
            fresh = _Member(self._pool, self._setting, member.slot, member.generation + 1, age=0)
            self._members[member.slot] = fresh
            return
        steps = 1 + rng.child("steps").integer() % self._pool.most_steps
        for number in range(steps):
            member.train(synthetic, rng.child(number))

    def state(self) -> dict[str, Tensor]:
        """Every member's tensors by slot."""
        return {f"{member.slot}/{k}": v for member in self._members for k, v in member.state().items()}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Continue with the saved members."""
        for slot in range(self._pool.size):
            saved = {k.removeprefix(f"{slot}/"): v for k, v in state.items() if k.startswith(f"{slot}/")}
            generation, age = map(int, saved["counters"].tolist())
            self._members[slot] = _Member(self._pool, self._setting, slot, generation, age)
            self._members[slot].restore(saved)

    def _member(self, step: int) -> _Member:
        return self._members[self._setting.rng.child("member", step).integer() % self._pool.size]


class _Member:
    def __init__(self, pool: OnlinePool, setting: Setting, slot: int, generation: int, age: int) -> None:
        self.slot, self.generation, self.age = slot, generation, age
        self._pool, self._setting = pool, setting
        self.network = setting.draw_network(slot, generation).trainable()
        self._optimiser = make_optimiser(pool.optimiser, list(self.network.parameters.values()), pool.rate)

    def train(self, synthetic: SyntheticSet, rng: Rng) -> None:
        batch, task = synthetic.decode().detach(), self._setting.task
        if len(batch) > self._pool.batch:
            batch = batch.select(torch.randperm(len(batch), generator=rng.torch())[: self._pool.batch])
        passes = 3 * self._pool.most_steps * len(batch)
        network = compiled(self.network, task.input_spec, passes, self._setting.execution)
        self._optimiser.zero_grad()
        task.squared_loss(network(batch.inputs).logits, batch).backward()
        self._optimiser.step()
        self.age += 1

    def state(self) -> dict[str, Tensor]:
        tensors = {f"network/{k}": v for k, v in (*self.network.parameters.items(), *self.network.buffers.items())}
        tensors |= {f"optimiser/{k}": v for k, v in optimiser_state(self._optimiser).items()}
        return tensors | {"counters": torch.tensor([self.generation, self.age])}

    def restore(self, saved: Mapping[str, Tensor]) -> None:
        with torch.no_grad():
            for name, tensor in (*self.network.parameters.items(), *self.network.buffers.items()):
                tensor.copy_(saved[f"network/{name}"])
        state = {k.removeprefix("optimiser/"): v for k, v in saved.items() if k.startswith("optimiser/")}
        restore_optimiser(self._optimiser, state)
