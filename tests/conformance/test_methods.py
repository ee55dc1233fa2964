"""What every method must do on every modality that it names, whatever it is: chosen from the registry alone."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from condenset.artifact import read, save
from condenset.artifact.provenance import made_here
from condenset.core.budget import Size
from condenset.core.changes import changed, settings
from condenset.core.errors import BudgetError
from condenset.core.execution import Execution
from condenset.core.registries import METHODS
from condenset.core.rng import Rng
from condenset.core.structure import joint, joint_spec, listed
from condenset.distillation import begin, distillation, finished
from condenset.recipe import price, recipe_for
from condenset.starts.warm_start import WarmStart
from tests.conformance import examples
from tests.conformance.examples import begun, distilled, equal, features, run, task

PAIRS = examples.pairs()
LEARNING = [pair for pair in PAIRS if examples.steps(*pair) > 0]
DETERMINISTIC = {"herding", "k-center"}  # the seed has no part in them
SETTLED = {("grand", "unlabelled_images")}  # two vectors lie so far out that every network's errors there are largest
every = pytest.mark.parametrize(("method", "name"), examples.marked(PAIRS))
learning = pytest.mark.parametrize(("method", "name"), examples.marked(LEARNING))


@pytest.fixture(autouse=True)
def experts(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expert trajectories are trained once for this session, outside the user's cache."""
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path_factory.getbasetemp() / "experts"))


def test_every_modality_has_methods_that_choose_and_methods_that_learn() -> None:
    for name in examples.MAKERS:
        families = {METHODS.declared(method)["family"] for method, found in PAIRS if found == name}
        assert "coreset" in families and families & {"distribution", "gradient"}


@every
def test_the_seed_decides(method: str, name: str) -> None:
    same = method in DETERMINISTIC or (method, name) in SETTLED
    assert equal(distilled(method, name), run(method, task(name), seed=1)) == same


@learning
def test_a_resumed_run_ends_with_the_same_bytes(method: str, name: str) -> None:
    stopped = begun(method, task(name), seed=0)
    steps = distillation(stopped, 0)
    for _ in range(2):
        next(steps)
    saved = stopped.tensors()
    next(steps)  # saved copies must not go on changing
    resumed = begun(method, task(name), seed=0)
    resumed.restore(saved)
    assert resumed.step == 2
    assert [step.step for step in distillation(resumed, 0)] == [3, 4, 5]
    assert equal(finished(resumed, 0), distilled(method, name))


@learning
def test_a_run_begins_at_a_set_of_its_own_method(method: str, name: str) -> None:
    """With the same tensors, but where a finish or the codec stores the set in another way than the steps do."""
    data, found = task(name), copy.copy(distilled(method, name))
    found.provenance = made_here(data, {"method": method})
    cold = begun(method, data, seed=1)
    recipe = replace(cold.recipe, start=WarmStart(found, "", cold.recipe.start))
    warm = begin(data, recipe, torch.bincount(found.groups), Rng(1))
    if all(type(getattr(warm, part)) is type(getattr(found, part)) for part in ("codec", "labels")):
        assert equal(warm, found)
    elif warm.codec.stored() is not warm.codec:  # fitted anew to what the set decodes to
        far = features(warm.decode()) - features(found.decode())
        assert far.square().mean() < 0.1 * features(found.decode()).var()
    else:
        assert recipe.finish
        assert torch.equal(features(warm.decode()), features(found.decode()))


@learning
def test_memory_for_a_single_network_of_a_pool_changes_nothing(method: str, name: str) -> None:
    found = run(method, task(name), execution=Execution(memory=0))
    assert equal(found, distilled(method, name))


@every
def test_every_setting_that_a_run_folder_lists_changes_to_itself(method: str, name: str) -> None:
    """So that what `recipe.toml` says is what `--set` takes."""
    data = task(name)
    found = recipe_for(method, data, torch.full((len(data.groups),), examples.PER_CLASS), {})
    listed = settings(found)
    assert {"start", "steps", "contract.exam", "labels"} < set(listed)
    for path, value in listed.items():
        inside_a_tuple = any(key.isdigit() for key in path.split("."))
        if not inside_a_tuple and isinstance(_held(found, path), bool | int | float | str | None):
            assert changed(found, path, value) == found, path


def _held(record: Any, path: str) -> Any:
    for key in path.split("."):
        record = record[key] if isinstance(record, Mapping) else getattr(record, key)
    return record


@every
def test_the_budget_is_kept(method: str, name: str) -> None:
    found = distilled(method, name)
    assert torch.bincount(found.groups).tolist() == [examples.PER_CLASS] * len(task(name).groups)
    size = found.nbytes()
    assert size.total == sum(t.numel() * t.element_size() for k, t in found.state_dict().items() if k != "groups")


@every
def test_a_budget_in_bytes_is_kept_or_refused(method: str, name: str) -> None:
    limit = distilled("random", name).nbytes().total + 64
    if {"codec.adjacency", "codec.vectors"} & set(distilled(method, name).state_dict()):  # square in the items
        with pytest.raises(BudgetError, match=f"more than the {limit} asked for"):
            run(method, task(name), size=Size(bytes=limit))
        return
    inputs = task(name).train.all().inputs
    if not listed(inputs) and not joint(inputs):  # examples of several sizes are priced as the mean one
        with suppress(BudgetError):
            size = run(method, task(name), size=Size(bytes=2 * limit)).nbytes()
            assert size.data + size.labels <= 2 * limit
        return
    limit = max(limit, distilled(method, name).nbytes().total)  # a learnt vector takes more than a short text
    whole = price(task(name), begun(method, task(name), seed=0).recipe)
    if whole[1] + whole[0] * len(task(name).train) < limit:  # a few bytes an image
        with pytest.raises(BudgetError, match="too few examples"):
            run(method, task(name), size=Size(bytes=limit))
        return
    size = run(method, task(name), size=Size(bytes=limit)).nbytes()
    assert size.data + size.labels <= limit


@learning
def test_every_learnable_group_gets_finite_gradients_that_are_not_all_zero(method: str, name: str) -> None:
    state = begun(method, task(name), seed=0)
    objective = state.recipe.objective.begin(state.task)
    terms = objective.terms(state.synthetic, state.source.draw(0), Rng(0).child("step", 0))
    sum(terms.values()).backward()
    groups = state.synthetic.parameter_groups()
    assert set(state.recipe.optimisers) <= set(groups)
    for group in state.recipe.optimisers:
        gradients = [p.grad for p in groups[group] if p.grad is not None]
        assert all(torch.isfinite(g).all() for g in gradients)
        assert any(g.abs().max() > 0 for g in gradients), f"nothing reaches the group {group!r}"
    assert all(p.grad is None for g, ps in groups.items() if g not in state.recipe.optimisers for p in ps)


@learning
def test_every_learnable_group_moves(method: str, name: str) -> None:
    start, end = begun(method, task(name), seed=0), begun(method, task(name), seed=0)
    for _ in distillation(end, 0):
        pass
    before, after = start.synthetic.parameter_groups(), end.synthetic.parameter_groups()
    for group in before:
        moved = any(not torch.equal(a, b) for a, b in zip(before[group], after[group], strict=True))
        assert moved == (group in end.recipe.optimisers), group


@every
def test_a_saved_set_reads_back_exactly(method: str, name: str, tmp_path: Path) -> None:
    found = distilled(method, name)
    save(found, task(name), tmp_path / "set", {"method": method})
    back = read(tmp_path / "set").synthetic
    assert equal(found, back)
    assert back.contract == found.contract
    assert torch.equal(features(back.decode()), features(found.decode()))
    assert torch.equal(back.decode().targets, found.decode().targets)


@every
def test_decoded_examples_are_what_the_task_reads(method: str, name: str) -> None:
    data, batch = task(name), distilled(method, name).decode().detach()
    assert tuple(features(batch).shape) == (len(batch), *data.input_spec.shape)
    assert joint(batch.inputs) == joint_spec(data.input_spec)
    assert torch.isfinite(features(batch)).all()
    assert batch.weight.tolist() == [1.0] * len(batch)
    assert 0 <= int(batch.groups.min()) <= int(batch.groups.max()) < len(data.groups)
    if batch.targets.is_floating_point():
        assert batch.targets.shape == (len(batch), data.target.outputs)
    else:
        assert torch.equal(batch.targets, batch.groups)
    logits = data.network(examples.NETWORKS[data.modality.name], Rng(0))(batch.inputs).logits
    assert torch.isfinite(data.mean_loss(logits, batch))


@every
def test_the_same_seed_gives_the_same_set_and_the_training_data_stay_as_they_are(method: str, name: str) -> None:
    data = examples.MAKERS[name]()
    before = [t.clone() for t in (features(data.train.batch), data.train.batch.targets, data.train.batch.weight)]
    assert equal(run(method, replace(data, held_out=examples.refuse)), distilled(method, name))
    after = (features(data.train.batch), data.train.batch.targets, data.train.batch.weight)
    assert all(torch.equal(a, b) for a, b in zip(before, after, strict=True))


@pytest.mark.parametrize(("method", "name"), [p for p in examples.quick_pairs() if p[1] in ("image", "graph")])
def test_absurd_test_data_leave_every_byte_as_it_is(method: str, name: str) -> None:
    poisoned = replace(examples.MAKERS[name](held_out=1), held_out=examples.refuse)
    assert equal(run(method, poisoned), distilled(method, name))
