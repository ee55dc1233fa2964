"""A step of MTT at 10 images per class against the inner loop in one graph: its time, and how its memory grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import torch

from condenset.bench.images import grey_images
from condenset.bench.measurement import BenchRow, Measurement, apart, as_released, in_turns
from condenset.bench.plain import trajectory_step
from condenset.codecs.raw import Raw
from condenset.core.execution import Execution
from condenset.core.process import peak_memory
from condenset.core.rng import Rng
from condenset.labels.hard import Hard
from condenset.objectives.inner_loop import InnerLoop
from condenset.objectives.trajectory_matching import TrajectoryMatching
from condenset.sources.source import Draw
from condenset.synthetic import Contract, SyntheticSet

Kind = Literal["adjoint", "plain"]

_PER_CLASS, _STEPS, _RATE = 10, 10, 0.02


def step(kind: Kind, inner_steps: int) -> Callable[[], Any]:
    """One outer step, forwards and backwards, on random images under ConvNet."""
    task = grey_images(per_class=_PER_CLASS)
    network, goal = task.network(None, Rng(0)), task.network(None, Rng(1)).flat()
    batch = task.train.all()
    images = batch.inputs
    if kind == "plain":
        rate = torch.tensor(_RATE)
        return lambda: trajectory_step(task, network, goal, images, batch.targets, rate, inner_steps, Rng(0))
    contract = Contract("mtt2022")
    condensed = SyntheticSet(Raw(images), Hard(batch.targets), batch.groups, contract, torch.tensor([_RATE]))
    objective = TrajectoryMatching(InnerLoop(inner_steps, augment=True)).begin(task, Execution(times=10**6))
    return lambda: objective.terms(condensed, Draw(network, goal=goal), Rng(0))["trajectory"].backward()


def peak(kind: Kind, inner_steps: int) -> int:
    """Most memory that a process of its own ever held for one step, in bytes, libraries and compiler included."""
    return apart(_peak_here, kind, inner_steps)


def _peak_here(kind: Kind, inner_steps: int) -> int:
    step(kind, inner_steps)()
    return peak_memory()


def measure() -> Iterator[BenchRow]:
    """Time in turns in this process; memory of processes of their own."""
    plain = step("plain", _STEPS)
    seconds = in_turns({"adjoint": step("adjoint", _STEPS), "plain": lambda: as_released(plain)})
    against = f"one graph, {seconds['plain']:.1f} s"
    ratio = seconds["adjoint"] / seconds["plain"]
    yield BenchRow(
        f"MTT step, 10 per class, {_STEPS} inner steps", seconds["adjoint"], "s", ratio, against, ("at most", 0.7)
    )
    ours, theirs = peak("adjoint", 20), peak("plain", 20)
    against = f"one graph, {theirs / 2**30:.1f} GiB"
    yield BenchRow("its memory at 20 inner steps", ours / 2**30, "GiB", ours / theirs, against, ("at most", 0.2))
    few, many = peak("adjoint", 10), peak("adjoint", 100)
    against = f"10 inner steps, {few / 2**30:.2f} GiB"
    yield BenchRow("its memory at 100 inner steps", many / 2**30, "GiB", many / few, against, ("at most", 1.2))


MEASUREMENT = Measurement("full", measure)
