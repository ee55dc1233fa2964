"""The loop: one straight corridor from a start to a finished set, the same for every method and modality.

`distillation` yields a `Step` after every update; its caller logs, draws, checkpoints and stops. `State` holds
everything that a resumed run needs, so a run that was interrupted ends with the same bytes as one that was not.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float64, Int
from torch import Tensor

from condenset.codecs.codec import Codec
from condenset.core.budget import Size
from condenset.core.errors import BudgetError, DivergenceError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.registries import CODECS
from condenset.core.rng import Rng
from condenset.labels.label import encoded_labels
from condenset.objectives.objective import Comparable
from condenset.recipe import Recipe, augmented, budgeted, codec_of, price
from condenset.sources.source import DrawsAlike, Setting
from condenset.starts.warm_start import WarmStart
from condenset.state import State
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_WORSE = 1.25  # times as bad as what it is compared with
_LEAPT = 2.0  # times as bad as the first step, of all last ones: a rate that spoils the set at once spoils what follows
_CHANCE = 1e-3  # of steps that are all alike to seem so
_JUDGED = 10  # least steps of either end, a tenth of all where that is more


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


def begin(task: Task, recipe: Recipe, counts: Int[Tensor, " groups"], rng: Rng) -> SyntheticSet:
    """The set before its first step."""
    if isinstance(recipe.start, WarmStart):
        begun = begin(task, replace(recipe, start=recipe.start.further), counts, rng)
        if recipe.start.kept_in(begun, task):
            return begun
    name, options = codec_of(recipe, task)
    codec: type[Codec] = CODECS.get(name)
    price(task, recipe)  # says so where the options are not the codec's; what `encode` raises is a fault of its own
    per_item = codec.examples_per_item(**options)
    examples = recipe.start(task, counts * per_item, rng.child("start"))
    encoded = codec.encode(examples.inputs, task, **options)
    items = examples.select(torch.arange(0, len(examples), per_item)) if per_item > 1 else examples
    labels = encoded_labels(recipe.labels, items.targets, task.target)
    if (labels() is None) == (encoded.targets() is None):
        raise RequestError(f"codec {name!r} and labels {recipe.labels!r} do not go together: one of them says targets")
    rates = None if recipe.rates is None else torch.full((recipe.rates.steps,), recipe.rates.initial)
    return SyntheticSet(encoded, labels, items.groups, recipe.contract, rates).to(task.device)


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
        done = state.step / recipe.steps
        state.synthetic.codec.turn(done)
        draw = replace(state.source.draw(state.step), progress=done)
        terms = objective.terms(state.learning, draw, rng.child("step", state.step))
        bad = state.update(terms, rng)
        if bad:
            state.recover(good, bad)
            continue
        state.after(objective, rng)
        values = {name: term.item() for name, term in terms.items()}
        if isinstance(recipe.objective, Comparable):
            state.course.append(recipe.objective.judged(values))
        state.step += 1
        if state.step % 50 == 0:
            good = state.tensors()
        yield Step(state.step, values, time.perf_counter() - began, state.synthetic)


def distilled(
    task: Task, method: str, size: Size, changes: Mapping[str, Any], seed: int, execution: Execution = HERE
) -> SyntheticSet:
    """A set on the task's device, from start to finish in memory, by a method with dotted changes to its recipe.

    Raises `RequestError` kinds for what was asked wrongly, `DivergenceError` where it diverges.
    """
    counts, recipe = budgeted(method, task, size, changes)
    state = start_state(task, recipe, counts, seed, execution)
    check_bytes(state, size, seed)
    deque(distillation(state, seed), maxlen=0)
    return finished(state, seed)


def finished(state: State, seed: int) -> SyntheticSet:
    """The set after the recipe's finishes.

    Raises `DivergenceError` where the objective ended worse than it began, or than what teaches nothing.
    """
    _refuse_worse(state)
    return as_stored(state, seed)


def as_stored(state: State, seed: int) -> SyntheticSet:
    """What would be stored if the run ended now: the set, or the one that a finish chose, after the finishes.

    The last word on how it is stored is the codec's and the labels', see `Codec.stored`.
    """
    synthetic = state.synthetic if state.chosen is None else state.chosen
    for number, finish in enumerate(state.recipe.finish):
        synthetic = finish(state.task, synthetic, Rng(seed).child("finish", number))
    codec, labels = synthetic.codec.stored(), synthetic.labels.stored()
    kept = codec is synthetic.codec and labels is synthetic.labels
    return synthetic if kept else synthetic.replaced(codec=codec, labels=labels)


def _refuse_worse(state: State) -> None:
    """The last steps are compared with what teaches nothing or else with the first ones, by medians, and by ranks or as
    a whole, so that noise is no verdict. Of a run that an earlier version began the first steps are not known."""
    objective, steps = state.recipe.objective, len(state.course)
    if not isinstance(objective, Comparable) or steps < 2 * _JUDGED or steps != state.step:
        return
    alike = isinstance(state.recipe.source, DrawsAlike) and state.recipe.source.alike
    if not alike and not objective.unlearnt:
        return
    ends = max(steps // 10, _JUDGED)
    begun, ended = np.array(state.course[:ends]), np.array(state.course[-ends:])
    bound = np.full(ends, objective.unlearnt) if objective.unlearnt else begun
    start, first, last = state.course[0], np.median(begun), np.median(ended)
    if last > _WORSE * np.median(bound) and _greater(ended, bound):
        after = f"{first:.3g} (medians of the last and the first {ends} of {steps} steps)"
    elif not objective.unlearnt and min(ended) > _LEAPT * start:
        after = f"{start:.3g} at the first step (median of the last {ends} of {steps} steps)"
    else:
        return
    do = f"take more steps, or {state.calmer()}" if last < first else state.calmer()
    than = f"what teaches nothing, which has {objective.unlearnt:g}" if objective.unlearnt else "it began"
    raise DivergenceError(
        f"the objective ended worse than {than}: {last:.3g} after {after}. No set is made of it: {do}"
    )


def _greater(some: Float64[np.ndarray, " n"], others: Float64[np.ndarray, " n"]) -> bool:
    """Whether some numbers are greater than others by more than chance."""
    from scipy.stats import mannwhitneyu

    return bool(mannwhitneyu(some, others, alternative="greater").pvalue < _CHANCE)


def check_bytes(state: State, size: Size, seed: int) -> None:
    """Raises `BudgetError` where the set of a run at step 0 would be finished above its budget in bytes.

    `allocate` weighs items one by one, and a stored adjacency grows with their square.
    """
    if size.bytes is None:
        return
    stored = as_stored(state, seed).nbytes()
    if stored.data + stored.labels > size.bytes:
        raise BudgetError(
            f"{len(state.synthetic.groups)} items would be stored in {stored.data + stored.labels} bytes, more "
            f"than the {size.bytes} asked for: give a budget in items, fewer than these"
        )
