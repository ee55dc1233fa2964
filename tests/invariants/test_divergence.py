"""A value that is not finite: the last good set and halved rates once, then an error that names step and tensor."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import torch
from torch import Tensor

from condenset.core.errors import DivergenceError
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.recipe import Optimiser, Recipe
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
