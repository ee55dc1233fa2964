"""The loop: the set it begins with, what it steps, what it yields, what it saves and how it goes on."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any

import pytest
import torch
from torch import Tensor

from condenset.core.budget import Size
from condenset.core.errors import BudgetError, DivergenceError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.distillation import begin, check_bytes, distillation, finished, start_state
from condenset.recipe import Between, Boosting, Optimiser, Rates, Recipe, augmented, budgeted
from condenset.sources.pool import Pool
from condenset.sources.source import Draw
from condenset.starts.random import random
from condenset.state import State
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.task import Task
from tests.conformance.examples import NETWORKS, equal, task

COUNTS = torch.tensor([2, 1, 3])
TOWARDS = 0.5  # what the objective below pulls every stored number to


@dataclass(frozen=True)
class Pull:
    """Half the squared distance of data and labels to a constant: its gradient is known in closed form."""

    def begin(self, task: Task, execution: Execution = HERE) -> Pull:
        return self

    def terms(self, synthetic: SyntheticSet, draw: Draw, rng: Rng) -> dict[str, Tensor]:
        batch = synthetic.decode()
        halves = {"data": batch.inputs, "labels": batch.targets}
        return {name: 0.5 * (values - TOWARDS).square().sum() for name, values in halves.items()}


def recipe(**changes: Any) -> Recipe:
    made = Recipe(
        start=random,
        contract=Contract("quick"),
        labels="soft",
        codec="raw",
        objective=Pull(),
        source=Pool(),
        network=NETWORKS["image"],
        optimisers={"data": Optimiser("sgd", 0.1)},
        steps=4,
    )
    return replace(made, **changes)


def state(**changes: Any) -> State:
    return start_state(task("image"), recipe(**changes), COUNTS, seed=0)


def run(made: State) -> SyntheticSet:
    for _ in distillation(made, 0):
        pass
    return made.synthetic


def test_the_set_begins_with_the_starts_examples() -> None:
    synthetic = begin(task("image"), recipe(), COUNTS, Rng(0))
    expected = random(task("image"), COUNTS, Rng(0).child("start"))
    assert torch.equal(synthetic.decode().inputs, expected.inputs)
    assert torch.equal(synthetic.decode().targets, torch.eye(3)[expected.targets])
    assert torch.bincount(synthetic.groups).tolist() == COUNTS.tolist()
    assert synthetic.rates() is None


def test_an_item_of_many_examples_begins_as_that_many() -> None:
    synthetic = begin(task("image"), recipe(codec="multi-formation:factor=2"), COUNTS, Rng(0))
    assert torch.bincount(synthetic.groups).tolist() == COUNTS.tolist()
    assert len(synthetic.decode()) == 4 * int(COUNTS.sum())
    assert torch.equal(synthetic.decode().groups, synthetic.groups.repeat(4))


def test_learnt_rates_begin_where_the_recipe_says() -> None:
    synthetic = begin(task("image"), recipe(rates=Rates(0.3, steps=2)), COUNTS, Rng(0))
    torch.testing.assert_close(synthetic.rates(), torch.tensor([0.3, 0.3]))


def test_a_codec_with_a_field_it_lacks_is_refused_by_name() -> None:
    with pytest.raises(RequestError, match=r"'multi-formation' cannot be built with {'fraction': 2}"):
        begin(task("image"), recipe(codec="multi-formation:fraction=2"), COUNTS, Rng(0))


@pytest.mark.parametrize(("labels", "label_bytes"), [("hard", 1), ("soft", 3 * 4)])
def test_a_budget_in_bytes_counts_the_labels(labels: str, label_bytes: int) -> None:
    size = Size(bytes=10 * (64 * 4 + label_bytes) - 1)
    counts, _ = budgeted("dm", task("image"), size, {"labels": labels})
    assert int(counts.sum()) == 9
    made = begin(task("image"), recipe(labels=labels), counts, Rng(0)).nbytes()
    assert made.total == 9 * (64 * 4 + label_bytes)


def test_an_impossible_budget_is_refused() -> None:
    with pytest.raises(BudgetError, match="lower the budget"):
        budgeted("dm", task("image"), Size(per_class=1000), {})


def test_a_set_that_would_be_finished_above_its_bytes_is_refused_before_its_first_step() -> None:
    made = state()
    needed = made.synthetic.nbytes().data + made.synthetic.nbytes().labels
    check_bytes(made, Size(bytes=needed), 0)
    check_bytes(made, Size(per_class=2), 0)
    with pytest.raises(BudgetError, match=f"stored in {needed} bytes, more than the {needed - 1} asked for"):
        check_bytes(made, Size(bytes=needed - 1), 0)


def test_a_step_is_one_of_gradient_descent_on_the_sum_of_the_terms() -> None:
    made = state()
    before = made.synthetic.codec.data.detach().clone()
    steps = list(distillation(made, 0))
    assert [step.step for step in steps] == [1, 2, 3, 4]
    expected = TOWARDS + (before - TOWARDS) * 0.9**4
    torch.testing.assert_close(made.synthetic.codec.data.detach(), expected)
    losses = [step.terms["data"] for step in steps]
    assert losses[0] == pytest.approx(0.5 * float((before - TOWARDS).square().sum()), rel=1e-5)
    assert losses == pytest.approx([losses[0] * 0.81**k for k in range(4)], rel=1e-4)
    assert all(step.seconds > 0 for step in steps)
    assert steps[-1].synthetic is made.synthetic


def test_momentum_and_adam_are_those_of_their_names() -> None:
    for how, kind in ((Optimiser("sgd", 0.1, 0.5), torch.optim.SGD), (Optimiser("adam", 0.1), torch.optim.Adam)):
        made = state(optimisers={"data": how})
        copy = made.synthetic.codec.data.detach().clone().requires_grad_()
        other = kind([copy], lr=0.1, **({"momentum": 0.5} if how.kind == "sgd" else {}))
        for _ in range(4):
            other.zero_grad()
            (0.5 * (copy - TOWARDS).square().sum()).backward()
            other.step()
        torch.testing.assert_close(run(made).codec.data.detach(), copy.detach())


def test_values_below_the_least_are_put_back_to_it() -> None:
    free, held = state(), state(optimisers={"data": Optimiser("sgd", 0.1, least=0.3)})
    next(distillation(free, 0)), next(distillation(held, 0))
    moved = free.synthetic.codec.data.detach()
    assert (moved < 0.3).any()
    assert torch.equal(held.synthetic.codec.data.detach(), moved.clamp(min=0.3))


def test_long_gradients_are_shortened_to_a_multiple_of_their_running_mean_length() -> None:
    made = state(optimisers={"data": Optimiser("sgd", 1.0, clip=0.5)})
    data, mean = made.synthetic.codec.data, None
    for _ in range(4):
        before = data.detach().clone()
        length = (before - TOWARDS).norm()
        next(distillation(made, 0))
        mean = length if mean is None else 0.9 * mean + 0.1 * length
        torch.testing.assert_close((data.detach() - before).norm(), torch.minimum(length, 0.5 * mean))


def test_boosting_learns_one_part_after_another() -> None:
    """The first part of every group moves alone, then the second, and the first half as fast beside it."""
    made = state(boosting=Boosting(parts=2, slowed=0.5))
    data, first, second = made.synthetic.codec.data, [0, 2, 3, 4], [1, 5]
    begun = data.detach().clone() - TOWARDS
    steps = distillation(made, 0)
    for done, (early, late) in enumerate([(0.9, 1.0), (0.81, 1.0), (0.81 * 0.95, 0.9), (0.81 * 0.95**2, 0.81)], 1):
        next(steps)
        assert made.learning.decode().groups.tolist() == ([0, 1, 2, 2] if done < 2 else [0, 0, 1, 2, 2, 2])
        torch.testing.assert_close(data.detach()[first] - TOWARDS, early * begun[first])
        torch.testing.assert_close(data.detach()[second] - TOWARDS, late * begun[second])


def test_what_all_items_share_is_learnt_with_every_part() -> None:
    made = state(codec="hallucinators:count=2", boosting=Boosting(parts=2))
    bases, maps = made.synthetic.codec.data, made.synthetic.codec.shared["maps"]
    begun = bases.detach().clone(), maps.detach().clone()
    steps = distillation(made, 0)
    next(steps)
    assert not torch.equal(bases.detach()[0], begun[0][0]) and torch.equal(bases.detach()[1], begun[0][1])
    assert not torch.equal(maps.detach(), begun[1])


@pytest.mark.parametrize("codec", ["quantised:bits=3", "palette:colours=4", "gaussians:count=2,fit=1"])
def test_what_is_learnt_by_other_numbers_is_finished_as_it_is_stored(codec: str) -> None:
    made = state(codec=codec)
    learnt = run(made)
    stored = finished(made, 0)
    assert learnt.codec.stored() is not learnt.codec and stored.codec.stored() is stored.codec
    assert torch.equal(stored.decode().inputs, learnt.decode().inputs)
    assert stored.nbytes().data < learnt.nbytes().data


def test_the_optimiser_of_a_new_part_remembers_nothing_and_a_saved_state_goes_on_exactly() -> None:
    changes = {"boosting": Boosting(parts=2, slowed=0.5), "optimisers": {"data": Optimiser("adam", 0.1, clip=1.0)}}
    whole, stopped, resumed = state(**changes), state(**changes), state(**changes)
    steps = distillation(stopped, 0)
    for _ in range(3):
        next(steps)
    assert float(next(iter(stopped.optimisers["data"].state.values()))["step"]) == 1
    resumed.restore(stopped.tensors())
    assert equal(run(resumed), run(whole))


def test_only_what_has_an_optimiser_moves() -> None:
    made = state()
    labels = made.synthetic.labels.values.detach().clone()
    assert not made.synthetic.labels.values.requires_grad
    run(made)
    assert torch.equal(made.synthetic.labels.values.detach(), labels)


def test_groups_take_turns() -> None:
    turns = {"data": Optimiser("sgd", 0.1, active=(2, 0, 1)), "labels": Optimiser("sgd", 0.1, active=(2, 1, 2))}
    made = state(optimisers=turns)
    moved = []
    data, labels = made.synthetic.codec.data, made.synthetic.labels.values
    before = data.detach().clone(), labels.detach().clone()
    for _ in distillation(made, 0):
        now = data.detach().clone(), labels.detach().clone()
        moved.append([not torch.equal(a, b) for a, b in zip(before, now, strict=True)])
        before = now
    assert moved == [[True, False], [False, True]] * 2


@pytest.mark.parametrize("how", [Optimiser("adam", 0.1), Optimiser("sgd", 0.1, 0.9), Optimiser("sgd", 0.1)])
def test_a_saved_state_goes_on_exactly(how: Optimiser) -> None:
    whole = run(state(optimisers={"data": how, "labels": how}))
    stopped = state(optimisers={"data": how, "labels": how})
    steps = distillation(stopped, 0)
    next(steps), next(steps)
    saved = stopped.tensors()
    kept = {name: tensor.clone() for name, tensor in saved.items()}
    next(steps)
    assert all(torch.equal(saved[name], kept[name]) for name in kept), "saved tensors are copies"
    resumed = state(optimisers={"data": how, "labels": how})
    resumed.restore(saved)
    assert equal(run(resumed), whole)
    assert all(torch.equal(saved[name], kept[name]) for name in kept), "a restored run does not write into them"


def test_a_saved_state_holds_plain_tensors_by_name() -> None:
    made = state(optimisers={"data": Optimiser("adam", 0.1)})
    next(distillation(made, 0))
    found = made.tensors()
    assert {"synthetic/codec.data", "synthetic/groups", "optimiser/data/0/exp_avg", "counters"} <= set(found)
    assert found["counters"].tolist() == [1, 0]
    assert not any(tensor.requires_grad for tensor in found.values())


def test_a_recipes_augmentation_is_that_of_all_its_networks() -> None:
    made = state(augmentation={"mode": "all", "strategy": ("crop", "cutout")})
    assert made.source.draw(0).augmentation.groups == ("crop", "cutout")
    assert made.task.augmentation.without("cutout").strategy == ("crop",)
    assert task("image").augmentation.mode == "single"
    opened = task("image")
    assert augmented(opened, recipe()) is opened  # workers are sent a task once


def test_a_recovered_run_goes_on_from_the_good_copies_at_half_the_rates() -> None:
    made = state(optimisers={"data": Optimiser("sgd", 0.8), "labels": Optimiser("adam", 0.2)})
    good = made.tensors()
    with torch.no_grad():
        next(made.synthetic.parameters()).fill_(torch.nan)
    made.recover(good, "tensor 'data'")
    assert all(torch.equal(made.tensors()[name], good[name]) for name in good if name != "counters")
    made.update({"pull": made.synthetic.decode().inputs.sum()}, Rng(0))
    assert [o.param_groups[0]["lr"] for o in made.optimisers.values()] == pytest.approx([0.4, 0.1])
    with pytest.raises(DivergenceError, match="again after the learning rates were halved"):
        made.recover(good, "tensor 'data'")


def test_a_falling_rate_moves_the_set_less_and_less() -> None:
    """Plain gradient descent on half the squared distance: it shrinks by 1 - rate at every step."""
    made = state(optimisers={"data": Optimiser("sgd", 0.4, final=0.5)})
    before = made.synthetic.decode().inputs.detach() - TOWARDS
    after = run(made).decode().inputs.detach() - TOWARDS
    rates = [made.recipe.optimisers["data"].rate_at(step, 4) for step in range(4)]
    assert rates == sorted(rates, reverse=True)
    torch.testing.assert_close(after, before * torch.tensor([1 - rate for rate in rates]).prod())


def test_a_coreset_is_its_start_and_takes_no_step() -> None:
    made = state(objective=None, source=None, optimisers={}, steps=0)
    before = made.tensors()
    assert list(distillation(made, 0)) == []
    after = made.tensors()
    assert all(torch.equal(before[name], after[name]) for name in before)


def halved(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
    codec = copy.deepcopy(synthetic.codec)
    codec.data.data /= 2
    return synthetic.replaced(codec=codec)


def test_what_acts_between_steps_acts_after_every_so_many() -> None:
    """Steps shrink the distance to .5 to nine tenths; after the second and the fourth the set is halved."""
    made = state(between={"halved": Between(halved, every=2)})
    expected = made.synthetic.codec.data.detach().clone()
    for step, _ in enumerate(distillation(made, 0), 1):
        expected = (TOWARDS + 0.9 * (expected - TOWARDS)) / (2 if step % 2 == 0 else 1)
        torch.testing.assert_close(made.synthetic.codec.data.detach(), expected)


def test_it_draws_anew_each_time_and_a_saved_state_goes_on_exactly() -> None:
    def shifted(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        codec = copy.deepcopy(synthetic.codec)
        codec.data.data += torch.randn(codec.data.shape, generator=rng.torch())
        return synthetic.replaced(codec=codec)

    changes = {"between": {"shifted": Between(shifted, every=1)}, "optimisers": {"data": Optimiser("adam", 0.1)}}
    whole, stopped, resumed = state(**changes), state(**changes), state(**changes)
    next(distillation(stopped, 0))
    resumed.restore(stopped.tensors())
    assert equal(run(resumed), run(whole)) and not equal(run(whole), run(state()))


def test_a_finish_that_stores_something_else_cannot_act_between_steps() -> None:
    def weighed(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        return synthetic.replaced(weights=torch.ones(6))

    with pytest.raises(RequestError, match="'weighed' makes a set that stores something else"):
        run(state(between={"weighed": Between(weighed, every=1)}))
    with pytest.raises(RequestError, match="acts every 0 steps"):
        Between(weighed, every=0)


def test_what_is_not_finite_between_steps_goes_back() -> None:
    def broken(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        codec = copy.deepcopy(synthetic.codec)
        codec.data.data.fill_(torch.nan)
        return synthetic.replaced(codec=codec)

    with pytest.raises(DivergenceError, match="was not finite at step 1"):
        run(state(between={"broken": Between(broken, every=1)}))


def test_finishes_come_in_their_order_each_with_its_own_stream() -> None:
    seen = []

    def finish(task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        seen.append(rng)
        return under(synthetic, len(seen))

    made = state(finish=(finish, finish))
    result = finished(made, seed=9)
    assert seen == [Rng(9).child("finish", 0), Rng(9).child("finish", 1)]
    assert result.contract.epochs == 2
    assert made.synthetic.contract.epochs is None


def under(synthetic: SyntheticSet, epochs: int) -> SyntheticSet:
    """The same set under another contract."""
    contract = replace(synthetic.contract, epochs=epochs)
    return SyntheticSet(synthetic.codec, synthetic.labels, synthetic.groups, contract)
