"""Evolution: the estimate of the authors' library, every step by hand, and where it must not move."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
from scipy.stats import rankdata
from torch import Tensor

from condenset.core.rng import Rng
from condenset.distillation import distillation, start_state
from condenset.labels.soft import Soft
from condenset.methods.hades import recipe
from condenset.objectives.evolution import (
    Cloning,
    Episodes,
    Evolution,
    centred_ranks,
    decoded,
    estimate,
)
from condenset.objectives.objective import Objective
from condenset.recipe import Boosting
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task
from tests.conftest import close, golden
from tests.examples import normal
from tests.tasks.control.example import RAW, task

SMALL = Evolution(Cloning(steps=4, rate=0.05), population=8, sigma=0.3, episodes=3)
# FLAIROx/behaviour-distillation a600a5ab, init_es of distill_brax.py with evosax 0.1.6: two generations of OpenES with
# this noise, from MEAN, maximising -|x - TARGET|^2 at rate 0.05 and sigma 0.1, with returns as they are and as ranks
NOISE = torch.tensor(
    [
        [
            [0.3671673, -0.5892871, 1.2895298, 1.2325307, 1.6492392, 0.9176851],
            [-0.6690057, 0.5862212, -0.3783791, -0.9059725, -1.7915986, 1.174258],
            [-0.4229757, -0.0673789, 2.0995626, 3.5543303, 0.8773587, 1.3317667],
            [-1.0083381, 1.1007944, 0.75015, 0.8488472, 0.2718012, 0.4458938],
        ],
        [
            [0.8379031, -0.5429146, 0.4575659, 0.4330913, 1.5283273, 0.552924],
            [0.1544437, -0.5919403, 1.7516888, -0.3040689, 0.2675767, 1.3287706],
            [-2.4309397, -0.7568217, 0.2125073, 0.4650019, 0.8528244, -1.8218088],
            [-0.1949471, 1.069039, -1.0479178, 0.6255137, 1.6366632, -0.4162782],
        ],
    ]
)
MEAN = torch.tensor([0.6205738, 0.119601, 0.0749655, -0.1140986, 0.2045805, -0.4158349])
TARGET = torch.tensor([-0.3846013, -1.6995257, 1.1160718, 0.0760722, 1.1517811, 2.2337754])
AFTER = {
    "raw": torch.tensor([0.5826082, 0.0254209, 0.1733496, -0.0307652, 0.2959177, -0.3169406]),
    "rank": torch.tensor([0.5627159, 0.1356222, 0.1745826, -0.0304525, 0.3006337, -0.3165947]),
}


def generations(noise: Tensor, mean: Tensor, target: Tensor, shape: Callable[[Tensor], Tensor]) -> Tensor:
    """The mean after as many generations as there is noise."""
    sigma, found = 0.1, torch.nn.Parameter(mean.clone())
    optimiser = torch.optim.Adam([found], lr=0.05, betas=(0.99, 0.999), eps=1e-8)
    for half in noise:
        both = torch.cat([half, -half])
        fitness = -(found.detach() + sigma * both - target).square().sum(1)
        found.grad = estimate(both, sigma, shape(-fitness))
        optimiser.step()
        sigma = max(0.99 * sigma, 0.01)
    return found.detach()


@pytest.mark.parametrize(("how", "shape"), [("raw", lambda x: x), ("rank", centred_ranks)])
def test_two_generations_are_those_of_the_released_code(how: str, shape: Callable[[Tensor], Tensor]) -> None:
    close(generations(NOISE, MEAN, TARGET, shape), AFTER[how], 1e-5)


def test_the_golden_vector_is_met() -> None:
    arrays = golden("modalities/rl_video_theory_hades_openes")
    for how, shape in (("raw", lambda x: x), ("rank", centred_ranks)):
        found = generations(arrays["in_z"], arrays["in_mean"], arrays["in_target"], shape)
        close(found, arrays[f"out_mean_{how}_1"], 1e-5)


def test_ranks_are_scipys_and_equal_returns_share_theirs() -> None:
    values = torch.tensor([3.0, 500.0, 7.0, 500.0, 3.0, 500.0])
    np.testing.assert_allclose(centred_ranks(values), (rankdata(values) - 1) / 5 - 0.5, atol=1e-7)
    assert centred_ranks(torch.full((8,), 500.0)).tolist() == [0.0] * 8


@dataclass(frozen=True)
class Probe:
    """Earns what the chosen actions weigh at a few states, plus the seeds' own share; or always the same."""

    same: bool = False

    def seeds(self, count: int, rng: Rng) -> list[int]:
        return rng.numpy().integers(100, size=count).tolist()

    def returns(self, policies: Callable[[Tensor], Tensor], count: int, seeds: Sequence[int]) -> Tensor:
        found = torch.zeros(count, len(seeds))
        for state in PROBES:
            actions = policies(state.expand(count, len(seeds), -1))
            found += (0.0 if self.same else 1.0) * actions * state[0]
        return found + torch.tensor(seeds)


PROBES = normal(40, 4, seed=3)
PARTS = {"episodes": 3, "population": 8}


def probed(same: bool = False) -> Task:
    return replace(task(), resources={"environment": Probe(same)})


def begun(data: Task, **changes: object) -> tuple[SyntheticSet, Draw]:
    state = start_state(data, replace(recipe(data, torch.tensor([2, 2])), **changes), torch.tensor([2, 2]), seed=0)
    return state.synthetic, state.source.draw(0)


def test_the_gradient_is_the_estimate_of_policies_that_are_taught_one_by_one() -> None:
    assert isinstance(SMALL, Objective) and isinstance(RAW, Episodes) and isinstance(Probe(), Episodes)
    data = probed()
    synthetic, draw = begun(data)
    terms = SMALL.begin(data).terms(synthetic, draw, Rng(5))
    sum(terms.values()).backward()

    states, actions = synthetic.codec.data.detach(), synthetic.decode().targets
    half = torch.randn(4, *states.shape, generator=Rng(5).child("noise", "codec.data").torch())
    seeds = Probe().seeds(3, Rng(5).child("episodes"))
    earned = []
    for noise in (*half, *-half):
        network = draw.network.trainable()
        optimiser = torch.optim.Adam(network.parameters.values(), lr=0.05)
        for _ in range(4):
            optimiser.zero_grad()
            torch.nn.functional.cross_entropy(network(states + 0.3 * noise).logits, actions).backward()
            optimiser.step()
        earned.append(float((network(PROBES).logits.argmax(1) * PROBES[:, 0]).sum()) + np.mean(seeds))
    ranks = (rankdata(np.round(earned, 4)) - 1) / 7 - 0.5
    assert len(set(ranks)) > 4
    expected = -sum(rank * noise for rank, noise in zip(ranks, (*half, *-half), strict=True)) / (8 * 0.3)
    close(synthetic.codec.data.grad, expected, 1e-5)
    assert terms["return"].item() == pytest.approx(-np.mean(earned), abs=1e-3)
    assert not terms["return"].requires_grad


def test_where_all_earn_the_same_nothing_moves() -> None:
    data = probed(same=True)
    synthetic, draw = begun(data)
    sum(SMALL.begin(data).terms(synthetic, draw, Rng(0)).values()).backward()
    assert synthetic.codec.data.grad.abs().max() == 0


def test_members_are_decoded_as_sets_of_their_own_with_labels_that_are_learnt() -> None:
    synthetic, _ = begun(probed())
    soft = SyntheticSet(synthetic.codec, Soft(normal(4, 2).softmax(1)), synthetic.groups, synthetic.contract)
    members = {name: torch.stack([p.detach(), normal(*p.shape, seed=9)]) for name, p in soft.named_parameters()}
    assert set(members) == {"codec.data", "labels.values"} or len(members) == 2
    inputs, targets = decoded(soft, members)
    for index in range(2):
        soft.load_state_dict({name: value[index] for name, value in members.items()}, strict=False)
        batch = soft.decode()
        assert torch.equal(inputs[index], batch.inputs) and torch.equal(targets[index], batch.targets)


def test_items_whose_turn_is_to_come_are_neither_decoded_nor_moved() -> None:
    """Boosting, which shows the objective a part of the set."""
    data = probed()
    how = replace(recipe(data, torch.tensor([2, 2])), objective=SMALL, boosting=Boosting(parts=2), steps=4)
    state = start_state(data, how, torch.tensor([2, 2]), seed=0)
    assert decoded(state.learning, {"codec.data": normal(3, 4, 4)})[0].shape == (3, 2, 4)
    before = state.synthetic.codec.data.detach().clone()
    steps = distillation(state, seed=0)
    next(steps), next(steps)
    moved = (state.synthetic.codec.data.detach() != before).any(1)
    assert moved.tolist() == [True, False, True, False]
