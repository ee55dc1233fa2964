"""A value that is not finite: the last good set and halved rates once, then an error that names step and tensor. And
a run of finite values that ends worse than it began, which makes no set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
import pytest
import torch
from torch import Tensor

from condenset.core.errors import DivergenceError
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.distillation import distillation, finished, start_state
from condenset.recipe import Optimiser, Recipe
from condenset.sources.online import Online
from condenset.sources.pool import Pool
from condenset.sources.source import Draw
from condenset.starts.random import random
from condenset.state import State
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.task import Task
from tests.conformance.examples import NETWORKS, equal, task

RATE = 1e4  # so large that a steep slope overflows; the slopes themselves are small
COUNTS = torch.tensor([2, 2, 2])


@dataclass(frozen=True)
class Faulty:
    """Pulls everything towards 0, and spoils one quantity at some of its calls (counted from 1).

    Attributes:
        calls: when it fails.
        spoils: "term", "gradient" or "tensor".
    """

    calls: tuple[int, ...]
    spoils: str = "term"
    _made: list[int] = field(default_factory=list)

    def begin(self, task: Task, execution: Execution = HERE) -> Faulty:
        return self

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        self._made.append(len(self._made) + 1)
        batch = synthetic.decode()
        whole = batch.inputs.square().sum() + batch.targets.square().sum()
        pull = 1e-6 * whole
        if self._made[-1] not in self.calls:
            return {"pull": pull}
        # the root of 0 is finite and its slope is not; 1e36 is finite and a step along that slope is not
        faults = {"term": pull * torch.nan, "gradient": (pull * 0).sqrt(), "tensor": whole * 1e36}
        return {"pull": pull, "faulty": faults[self.spoils]}


def run(objective: Faulty, rate: float = RATE, steps: int = 4, learns: tuple[str, ...] = ("data",)) -> State:
    recipe = Recipe(
        start=random,
        contract=Contract("quick"),
        codec="raw",
        labels="soft",
        objective=objective,
        source=Pool(),
        network=NETWORKS["tabular"],
        optimisers={name: Optimiser("sgd", rate) for name in learns},
        steps=steps,
    )
    return start_state(task("tabular"), recipe, COUNTS, seed=0)


def rates(state: State) -> list[float]:
    return [group["lr"] for optimiser in state.optimisers.values() for group in optimiser.param_groups]


@pytest.mark.parametrize("spoils", ["term", "gradient", "tensor"])
def test_the_first_time_it_returns_to_the_last_good_set_and_halves_the_rates(spoils: str) -> None:
    state = run(Faulty((3,), spoils))
    assert [step.step for step in distillation(state, 0)] == [1, 2, 1, 2, 3, 4]
    assert state.halvings == 1
    assert rates(state) == [RATE / 2]
    assert all(torch.isfinite(p).all() for p in state.synthetic.parameters())


def test_the_steps_after_it_are_those_of_the_halved_rate() -> None:
    failed, calm = run(Faulty((2,))), run(Faulty(()), rate=RATE / 2)
    for state in (failed, calm):
        for _ in distillation(state, 0):
            pass
    assert equal(failed.synthetic, calm.synthetic)


@pytest.mark.parametrize(
    ("spoils", "named"),
    [("term", "term 'faulty'"), ("gradient", "gradient of 'codec.data'"), ("tensor", "tensor 'codec.data'")],
)
def test_the_second_time_it_names_step_and_tensor_and_keeps_the_last_good_set(spoils: str, named: str) -> None:
    state = run(Faulty((2, 4), spoils))
    start = run(Faulty(()))
    with pytest.raises(DivergenceError, match="again after the learning rates were halved") as caught:
        list(distillation(state, 0))
    assert str(caught.value).startswith(f"{named} was not finite at step 2")
    assert "the last good set is that of step 0" in str(caught.value)
    assert "--set optimisers.data.rate=" in str(caught.value)
    assert state.step == 0
    assert equal(state.synthetic, start.synthetic)


def test_a_later_good_copy_is_the_one_it_returns_to() -> None:
    state = run(Faulty((61,)), steps=62)
    steps = [step.step for step in distillation(state, 0)]
    assert steps == [*range(1, 61), *range(51, 63)]


def test_halved_rates_survive_a_resumed_run() -> None:
    state = run(Faulty((2,)))
    for _ in distillation(state, 0):
        pass
    resumed = run(Faulty(()))
    resumed.restore(state.tensors())
    assert rates(state) == [RATE / 2]
    assert resumed.halvings == state.halvings == 1


def test_a_recipe_that_learns_no_data_is_told_which_rate_to_lower() -> None:
    state = run(Faulty((1, 2)), learns=("labels",))
    with pytest.raises(DivergenceError, match=r"--set optimisers.labels.rate=1000"):
        list(distillation(state, 0))


@dataclass(frozen=True)
class Judged(Faulty):
    """Pulls everything towards 0 and can be compared from step to step."""

    unlearnt: ClassVar[float] = 0.0

    def judged(self, terms: Mapping[str, float]) -> float:
        return terms["pull"]


@dataclass(frozen=True)
class Grounded(Judged):
    """The same with a value that teaches nothing."""

    unlearnt: ClassVar[float] = 1.0


def ended(state: State) -> State:
    """After its last step."""
    for _ in distillation(state, 0):
        pass
    return state


def test_a_run_of_too_high_a_rate_ends_worse_than_it_began_and_makes_no_set() -> None:
    """The slope is 2e-6 of the values, which grow and change sign at every step above a rate of 1e6."""
    wild, calm = (run(Judged(()), rate=rate, steps=30) for rate in (1.2e6, 1e5))
    with pytest.raises(DivergenceError, match=r"of 30 steps\)\. No set .*: lower .*data.rate=120000"):
        finished(ended(wild), 0)
    assert len(finished(ended(calm), 0).groups) == 6


def noise(steps: int, around: float, spread: float, seed: int = 0) -> list[float]:
    """Positive numbers with this median."""
    return (around * np.exp(spread * np.random.default_rng(seed).normal(size=steps))).tolist()


HEALTHY = {
    "noise": noise(400, 1.0, 0.5),
    "much noise in a few steps": noise(20, 1.0, 0.7, seed=1),
    "a little worse": noise(360, 1.0, 0.1) + noise(40, 1.15, 0.1),
    "a lone spike at the end": [*noise(399, 1.0, 0.1), 500.0],
    "a bad stretch in between": noise(100, 1.0, 0.1) + noise(200, 9.0, 0.1) + noise(100, 0.9, 0.1),
    "too few to tell": [1.0, 5.0, 25.0],
}
WORSE = {
    "doubled": noise(360, 1.0, 0.3) + noise(40, 2.0, 0.3),
    "in a few steps": noise(10, 1.0, 0.2) + noise(10, 2.0, 0.2),
    "at the second step": [1.0, *noise(399, 5.0, 0.2)],
    "half as bad again": noise(360, 1.0, 0.05) + noise(40, 1.5, 0.05),
}


def judged(course: list[float], objective: Judged, **changes: object) -> State:
    """A run that ended after this course."""
    state = run(objective, steps=len(course))
    state.course, state.step = course, len(course)
    state.recipe = replace(state.recipe, **changes)  # type: ignore[arg-type]
    return state


@pytest.mark.parametrize("course", HEALTHY.values(), ids=HEALTHY)
def test_noise_is_no_verdict(course: list[float]) -> None:
    finished(judged(course, Judged(())), 0)


@pytest.mark.parametrize("course", WORSE.values(), ids=WORSE)
def test_clearly_worse_is(course: list[float]) -> None:
    with pytest.raises(DivergenceError, match="ended worse than it began"):
        finished(judged(course, Judged(())), 0)


def test_networks_that_are_not_alike_compare_no_steps() -> None:
    """A network that learns from the set makes another thing of it at every age."""
    finished(judged(WORSE["doubled"], Judged(()), source=Online()), 0)
    with pytest.raises(DivergenceError, match=r"than what teaches nothing, which has 1: 1\.9"):
        finished(judged(WORSE["doubled"], Grounded(()), source=Online()), 0)


def test_above_what_teaches_nothing_a_set_is_none_however_it_began() -> None:
    """As MTT's of iris, whose students overshoot seven hundred times at first and ten times at the end."""
    with pytest.raises(DivergenceError, match=r"11 after 7.*take more steps, or lower the rates"):
        finished(judged(noise(40, 700.0, 0.0) + noise(360, 11.0, 0.0), Grounded(())), 0)
    finished(judged(noise(40, 700.0, 0.1) + noise(360, 1.1, 0.1), Grounded(())), 0)


def test_below_what_teaches_nothing_a_set_still_teaches() -> None:
    less = [value / 4 for value in WORSE["doubled"]]
    finished(judged(less, Grounded(())), 0)
    with pytest.raises(DivergenceError):
        finished(judged(less, Judged(())), 0)


def test_the_course_survives_a_resumed_run_and_ends_with_the_good_copy() -> None:
    state = ended(run(Judged((2,)), steps=4))  # its second step failed and went back to the start
    assert len(state.course) == state.step == 4
    resumed = run(Judged(()))
    resumed.restore(state.tensors())
    assert resumed.course == state.course


def test_a_run_that_an_earlier_version_began_is_not_judged() -> None:
    state = run(Judged(()))
    tensors = ended(run(Judged(()))).tensors()
    del tensors["course"]
    state.restore(tensors)
    assert (state.course, state.step) == ([], 4)
    state.course, state.step = WORSE["doubled"], len(WORSE["doubled"]) + 4
    finished(state, 0)
