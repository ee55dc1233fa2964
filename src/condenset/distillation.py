"""The loop: one straight corridor from a start to a finished set, the same for every method and modality.

`distillation` yields a `Step` after every update; its caller logs, draws, checkpoints and stops. `State` holds
everything that a resumed run needs, so a run that was interrupted ends with the same bytes as one that was not.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor, nn

from condenset.codecs.codec import CODECS
from condenset.codecs.raw import Raw
from condenset.core.budget import Size
from condenset.core.errors import BudgetError, DivergenceError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.optimisers import make_optimiser, optimiser_state, restore_optimiser
from condenset.core.rng import Rng
from condenset.labels.label import LABELS
from condenset.recipe import Recipe, augmented, codec_of, recipe_for
from condenset.sources.source import RunningSource, Setting
from condenset.synthetic import SyntheticSet, stages_of
from condenset.tasks.task import Task

_REMEMBERED = 0.9  # of the running mean length of a gradient, per step
_SETTLED = 5  # rounds in which counts and recipe of a budget in bytes are to agree
_PER_ITEM = ("data", "labels")  # groups whose tensors hold the items one after another


@dataclass(frozen=True)
class Step:
    """One finished step.

    Attributes:
        step: its number, from 1.
        terms: the objective's terms before the update, by name.
        seconds: wall time of this step.
        synthetic: the set as it now is.
    """

    step: int
    terms: Mapping[str, float]
    seconds: float
    synthetic: SyntheticSet


def budgeted(method: str, task: Task, size: Size, changes: Mapping[str, Any]) -> tuple[Int[Tensor, " groups"], Recipe]:
    """Items per group (groups,) for a budget, and the method's recipe for them. Raises `RequestError` kinds.

    What an item weighs is for the recipe to say, which may depend on how many there are: a budget in bytes is settled
    from the smallest set on.
    """
    available = task.train.counts()
    if size.bytes is None:
        counts = size.allocate(available, bytes_per_item=1)
        return counts, recipe_for(method, task, counts, changes)
    counts, affordable = torch.ones_like(available), []
    for _ in range(_SETTLED):
        recipe = recipe_for(method, task, counts, changes)
        item, shared = price(task, recipe)
        if item * int(counts.sum()) + shared <= size.bytes:
            affordable.append((counts, recipe))
        counts, before = size.allocate(available, item, shared), counts
        if torch.equal(counts, before):
            break
    return max(affordable, key=lambda pair: int(pair[0].sum()), default=(counts, recipe))


def price(task: Task, recipe: Recipe) -> tuple[int, int]:
    """Bytes of one item with its label, and bytes that the set takes besides, before any data are read."""
    name, options = codec_of(recipe, task)
    codec: Any = CODECS.get(name)
    label: int = LABELS.get(recipe.labels).item_bytes(task.target)
    shared = getattr(codec, "shared_bytes", None)
    try:
        item: int = codec.item_bytes(task.input_spec, **options)
        return item + label, shared(task.input_spec, **options) if shared else 0
    except TypeError as error:
        raise RequestError(f"codec {name!r} cannot be built with {options}: {error}") from error


def begin(task: Task, recipe: Recipe, counts: Int[Tensor, " groups"], rng: Rng) -> SyntheticSet:
    """The set before its first step."""
    name, options = codec_of(recipe, task)
    codec: Any = CODECS.get(name)
    try:
        per_item = codec.examples_per_item(**options)
    except TypeError as error:  # the options are not the codec's; what `encode` raises is a fault of its own
        raise RequestError(f"codec {name!r} cannot be built with {options}: {error}") from error
    examples = recipe.start(task, counts * per_item, rng.child("start"))
    encoded = codec.encode(examples.inputs, task, **options)
    items = examples.select(torch.arange(0, len(examples), per_item)) if per_item > 1 else examples
    labels = LABELS.get(recipe.labels).encode(items.targets, task.target)
    if (labels() is None) != hasattr(encoded, "targets"):
        raise RequestError(f"codec {name!r} and labels {recipe.labels!r} do not go together: one of them says targets")
    rates = None if recipe.rates is None else torch.full((recipe.rates.steps,), recipe.rates.initial)
    return SyntheticSet(encoded, labels, items.groups, recipe.contract, rates).to(task.device)


class State:
    """A run in progress.

    Attributes:
        step: steps done.
        halvings: how often the learning rates were halved after a value that was not finite.
        synthetic: the set as it is.
    """

    def __init__(
        self,
        task: Task,
        recipe: Recipe,
        synthetic: SyntheticSet,
        source: RunningSource | None,
        execution: Execution = HERE,
    ) -> None:
        """Args: source, already begun; None for a coreset."""
        self.task, self.recipe, self.synthetic, self.source = task, recipe, synthetic, source
        self.execution = execution
        self.step, self.halvings = 0, 0
        learnable = synthetic.parameter_groups()
        _refuse_illegal(recipe, synthetic)
        self.optimisers = {
            name: make_optimiser(how.kind, learnable[name], how.rate, how.momentum)
            for name, how in recipe.optimisers.items()
            if name in learnable
        }
        for name, parameters in learnable.items():
            for parameter in parameters:
                parameter.requires_grad_(name in self.optimisers)
        self._lengths: dict[str, Tensor] = {}  # running mean lengths of the gradients that are clipped
        self._parts = stages_of(synthetic.groups, recipe.boosting.parts)

    def tensors(self) -> dict[str, Tensor]:
        """Copies of everything that changes, flat by name."""
        found = {f"synthetic/{k}": v for k, v in self.synthetic.state_dict().items()}
        found |= {f"source/{k}": v for k, v in (self.source.state() if self.source else {}).items()}
        for name, optimiser in self.optimisers.items():
            found |= {f"optimiser/{name}/{k}": v for k, v in optimiser_state(optimiser).items()}
        found |= {f"length/{name}": length for name, length in self._lengths.items()}
        found["counters"] = torch.tensor([self.step, self.halvings])
        return {k: v.detach().clone() for k, v in found.items()}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Return to saved copies."""
        parts: dict[str, dict[str, Tensor]] = {"synthetic": {}, "source": {}, "optimiser": {}, "length": {}}
        for path, value in tensors.items():
            head, _, rest = path.partition("/")
            if rest:
                parts[head][rest] = value.to(self.task.device)
        self.synthetic.load_state_dict(parts["synthetic"])
        if self.source is not None:
            self.source.restore(parts["source"])
        for name, optimiser in self.optimisers.items():
            of_this = {k.removeprefix(f"{name}/"): v for k, v in parts["optimiser"].items() if k.startswith(f"{name}/")}
            restore_optimiser(optimiser, of_this)
        self._lengths = {name: length.clone() for name, length in parts["length"].items()}
        self.step, self.halvings = map(int, tensors["counters"].tolist())

    @property
    def learning(self) -> SyntheticSet:
        """The set without the parts whose turn is still to come."""
        if self.recipe.boosting.parts == 1:
            return self.synthetic
        return self.synthetic.only(self._parts <= self._part(self.step))

    def update(self) -> None:
        """Step every optimiser whose turn it is, at this step's rate."""
        for name, optimiser in self.optimisers.items():
            how = self.recipe.optimisers[name]
            optimiser.param_groups[0]["lr"] = how.rate_at(self.step, self.recipe.steps) * 0.5**self.halvings
            if not how.steps_at(self.step):
                continue
            parameters = optimiser.param_groups[0]["params"]
            if how.clip is not None:
                self._shorten(name, parameters, how.clip)
            if self.recipe.boosting.parts > 1 and name in _PER_ITEM:
                self._step_by_parts(optimiser, parameters)
            else:
                optimiser.step()
            if how.least is not None:
                torch._foreach_clamp_min_([p.data for p in parameters], how.least)
            if how.legal:
                for parameter in parameters:
                    parameter.data.copy_(self.task.modality.legal(parameter.data, self.task.preprocessing))

    def _part(self, step: int) -> int:
        return self.recipe.boosting.part_at(step, self.recipe.steps)

    def _shorten(self, name: str, parameters: list[nn.Parameter], clip: float) -> None:
        gradients = [p.grad for p in parameters if p.grad is not None]
        length = nn.utils.get_total_norm(gradients)
        mean = self._lengths.get(name, length)
        self._lengths[name] = _REMEMBERED * mean + (1 - _REMEMBERED) * length
        nn.utils.clip_grads_with_norm_(parameters, float(clip * self._lengths[name]), length)

    def _step_by_parts(self, optimiser: torch.optim.Optimizer, parameters: list[nn.Parameter]) -> None:
        """A step that is shorter for items learnt before."""
        part = self._part(self.step)
        if part != self._part(self.step - 1):
            optimiser.state.clear()  # what it gathered speaks of other items
        pace = torch.where(self._parts == part, 1.0, self.recipe.boosting.slowed * (self._parts < part))
        before = [p.detach().clone() for p in parameters]
        optimiser.step()
        for old, parameter in zip(before, parameters, strict=True):
            rows = pace.repeat_interleave(len(old) // len(pace)).view(-1, *[1] * (old.dim() - 1))
            parameter.data.copy_(torch.lerp(old, parameter.data, rows))

    def halve(self) -> None:
        """Halve every learning rate from now on."""
        self.halvings += 1


def start_state(
    task: Task, recipe: Recipe, counts: Int[Tensor, " groups"], seed: int, execution: Execution = HERE
) -> State:
    """A run at step 0."""
    rng, task = Rng(seed), augmented(task, recipe)
    synthetic = begin(task, recipe, counts, rng)
    execution = replace(execution, times=recipe.steps)
    setting = Setting(task, recipe.network, rng.child("source"), execution)
    source = recipe.source.begin(setting) if recipe.source else None
    return State(task, recipe, synthetic, source, execution)


def distillation(state: State, seed: int) -> Iterator[Step]:
    """Run the remaining steps, yielding after each.

    A loss, gradient or parameter that is not finite returns to the last good copy and halves the learning rates,
    once; the second time raises `DivergenceError` naming step and tensor.
    """
    recipe, rng = state.recipe, Rng(seed)
    if recipe.objective is None or state.source is None:
        return
    objective = recipe.objective.begin(state.task, state.execution)
    good = state.tensors()
    while state.step < recipe.steps:
        began = time.perf_counter()
        terms = objective.terms(state.learning, state.source.draw(state.step), rng.child("step", state.step))
        bad = _update(state, terms)
        if bad:
            _recover(state, good, bad)
            continue
        state.source.after(state.step, state.learning)
        state.step += 1
        if state.step % 50 == 0:
            good = state.tensors()
        values = {name: term.item() for name, term in terms.items()}
        yield Step(state.step, values, time.perf_counter() - began, state.synthetic)


def finished(state: State, seed: int) -> SyntheticSet:
    """The set after the recipe's finishes."""
    synthetic = state.synthetic
    for number, finish in enumerate(state.recipe.finish):
        synthetic = finish(state.task, synthetic, Rng(seed).child("finish", number))
    return synthetic


def _refuse_illegal(recipe: Recipe, synthetic: SyntheticSet) -> None:
    """Raises `RequestError` where what is to become legal examples is stored as something else."""
    if any(how.legal for how in recipe.optimisers.values()) and not isinstance(synthetic.codec, Raw):
        raise RequestError(
            f"optimisers.data.legal keeps stored examples legal, but {type(synthetic.codec).__name__} stores no "
            "examples: use the codec raw, or --set optimisers.data.legal=false"
        )


def check_bytes(state: State, size: Size, seed: int) -> None:
    """Raises `BudgetError` where the set of a run at step 0 would be finished above its budget in bytes.

    `allocate` weighs items one by one, and a stored adjacency grows with their square.
    """
    if size.bytes is None:
        return
    found = finished(state, seed).nbytes()
    if found.data + found.labels > size.bytes:
        raise BudgetError(
            f"{len(state.synthetic.groups)} items would be stored in {found.data + found.labels} bytes, more than the "
            f"{size.bytes} asked for: give a budget in items, fewer than these"
        )


def _update(state: State, terms: Mapping[str, Tensor]) -> str | None:
    """Step every active optimiser; the name of what is not finite, or None."""
    for name, term in terms.items():
        if not torch.isfinite(term):
            return f"term {name!r}"
    state.synthetic.zero_grad(set_to_none=True)
    sum(terms.values(), torch.zeros(())).backward()
    for name, parameter in state.synthetic.named_parameters():
        if parameter.grad is not None and not torch.isfinite(parameter.grad).all():
            return f"gradient of {name!r}"
    state.update()
    for name, parameter in state.synthetic.named_parameters():
        if not torch.isfinite(parameter).all():
            return f"tensor {name!r}"
    return None


def _recover(state: State, good: Mapping[str, Tensor], bad: str) -> None:
    step = state.step + 1
    if state.halvings:
        state.restore(good)
        name, how = next(iter(state.recipe.optimisers.items()))
        raise DivergenceError(
            f"{bad} was not finite at step {step}, again after the learning rates were halved: the last good set is "
            f"that of step {state.step}; lower the rates, for example --set optimisers.{name}.rate="
            f"{how.rate / 10:g}"
        )
    state.restore(good)
    state.halve()
