"""A run in progress: everything that a resumed run needs, so that it ends with the same bytes as one never stopped."""

from __future__ import annotations

import math
from collections.abc import Mapping
from copy import deepcopy
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor, nn

from condenset.codecs.raw import Raw
from condenset.core.errors import ArtifactError, DivergenceError, RequestError
from condenset.core.execution import HERE, Execution
from condenset.core.optimisers import make_optimiser, optimiser_state, restore_optimiser
from condenset.core.rng import Rng
from condenset.finishes.finish import Chooses
from condenset.objectives.objective import RunningObjective
from condenset.recipe import Recipe
from condenset.sources.source import RunningSource
from condenset.synthetic import SyntheticSet, stages_of
from condenset.tasks.task import Task

_REMEMBERED = 0.9  # of the running mean length of a gradient, per step
_PARTS = ("synthetic", "source", "optimiser", "length", "chosen")  # of what is saved, the heads of names
_PER_ITEM = ("data", "labels")  # groups whose tensors hold the items one after another, or what all items share


@runtime_checkable
class AfterStep(Protocol):
    """A running source or objective that follows the set: networks learn from it, or what it keeps is renewed."""

    def after(self, step: int, synthetic: SyntheticSet) -> None:
        """Called when the update of a step, counted from 0, is done."""


class State:
    """A run in progress.

    Attributes:
        step: steps done.
        halvings: how often the learning rates were halved after a value that was not finite.
        course: what the objective was judged by at every step done, see `Comparable`; empty where it is not.
        synthetic: the set as it is.
        chosen: the set of a step so far that a finish finds best, see `Chooses`; None where none has chosen.
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
        self.course: list[float] = []
        self.chosen: SyntheticSet | None = None
        self._loss = math.inf  # of what is chosen
        learnable = synthetic.parameter_groups()
        _refuse_illegal(recipe, synthetic)
        _refuse_unlearnt(recipe, synthetic, learnable)
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
        """Copies of everything that changes, tensors of any shape, flat by name."""
        state = {f"synthetic/{k}": v for k, v in self.synthetic.state_dict().items()}
        state |= {f"source/{k}": v for k, v in (self.source.state() if self.source else {}).items()}
        for name, optimiser in self.optimisers.items():
            state |= {f"optimiser/{name}/{k}": v for k, v in optimiser_state(optimiser).items()}
        state |= {f"length/{name}": length for name, length in self._lengths.items()}
        state["counters"] = torch.tensor([self.step, self.halvings])
        state["course"] = torch.tensor(self.course, dtype=torch.float64)
        if self.chosen is not None:
            state |= {f"chosen/{k}": v for k, v in self.chosen.state_dict().items()}
            state["loss"] = torch.tensor(self._loss, dtype=torch.float64)
        return {k: v.detach().clone() for k, v in state.items()}

    def restore(self, tensors: Mapping[str, Tensor]) -> None:
        """Return to saved copies. Raises `ArtifactError` where they are not of such a run."""
        try:
            self._restore(tensors)
        except (KeyError, ValueError, RuntimeError, IndexError, TypeError) as error:
            raise ArtifactError(
                f"the checkpoint does not fit the run ({type(error).__name__}: {error}): begin it again"
            ) from error

    def _restore(self, tensors: Mapping[str, Tensor]) -> None:
        parts: dict[str, dict[str, Tensor]] = {name: {} for name in _PARTS}
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
        if not (0 <= self.step <= self.recipe.steps and 0 <= self.halvings <= 1):
            raise ValueError(f"step {self.step} of {self.recipe.steps}, rates halved {self.halvings} times")
        self.course = tensors["course"].tolist() if "course" in tensors else []  # a checkpoint before 0.2 has none
        self.chosen = deepcopy(self.synthetic) if parts["chosen"] else None
        if self.chosen is not None:
            self.chosen.load_state_dict(parts["chosen"])
        self._loss = float(tensors["loss"]) if parts["chosen"] else math.inf

    @property
    def learning(self) -> SyntheticSet:
        """The set without the parts whose turn is still to come."""
        if self.recipe.boosting.parts == 1:
            return self.synthetic
        return self.synthetic.only(self._parts <= self._part(self.step))

    def update(self, terms: Mapping[str, Tensor], rng: Rng) -> str | None:
        """Step every optimiser whose turn it is down the sum of the terms, and let act what acts between steps when its
        turn has come; the name of what is not finite, or None.

        Raises `RequestError` where what acts between steps makes a set that stores something else.
        """
        for name, term in terms.items():
            if not torch.isfinite(term):
                return f"term {name!r}"
        self.synthetic.zero_grad(set_to_none=True)
        sum(terms.values(), torch.zeros(())).backward()
        for name, parameter in self.synthetic.named_parameters():
            if parameter.grad is not None and not torch.isfinite(parameter.grad).all():
                return f"gradient of {name!r}"
        self._step()
        bad = self._not_finite()
        if bad or not self.recipe.between:
            return bad
        self._between(rng.child("between", self.step))
        return self._not_finite()

    def after(self, objective: RunningObjective, rng: Rng) -> None:
        """Once an update is done: the source and the objective follow the set, and a finish that chooses judges it."""
        for follower in (self.source, objective):
            if isinstance(follower, AfterStep):
                follower.after(self.step, self.learning)
        self._choose(self.step + 1, rng)

    def _choose(self, done: int, rng: Rng) -> None:
        judge = next((finish for finish in self.recipe.finish if isinstance(finish, Chooses)), None)
        if judge is None or (done % judge.every and done < self.recipe.steps):
            return
        loss = judge.loss(self.task, self.synthetic, rng.child("judge", done))
        if loss < self._loss:
            self._loss, self.chosen = loss, deepcopy(self.synthetic)

    def _between(self, rng: Rng) -> None:
        for name, between in self.recipe.between.items():
            if (self.step + 1) % between.every:
                continue
            made = between.finish(self.task, self.synthetic, rng.child(name))
            try:
                self.synthetic.load_state_dict(made.state_dict())
            except RuntimeError as error:
                raise RequestError(
                    f"the finish {name!r} makes a set that stores something else, and cannot act between steps: let it "
                    f"act after the last one, --set finish={name}"
                ) from error

    def _not_finite(self) -> str | None:
        for name, parameter in self.synthetic.named_parameters():
            if not torch.isfinite(parameter).all():
                return f"tensor {name!r}"
        return None

    def recover(self, good: Mapping[str, Tensor], bad: str) -> None:
        """Return to the last good copies at half the rates. Raises `DivergenceError` the second time."""
        step, again = self.step + 1, bool(self.halvings)
        self.restore(good)
        if again:
            raise DivergenceError(
                f"{bad} was not finite at step {step}, again after the learning rates were halved: the last good set "
                f"is that of step {self.step}; {self.calmer()}"
            )
        self.halvings += 1

    def calmer(self) -> str:
        """What to do about a run that diverges, in words."""
        name, how = next(iter(self.recipe.optimisers.items()))
        return f"lower the rates, for example --set optimisers.{name}.rate={how.rate / 10:g}"

    def _step(self) -> None:
        for name, optimiser in self.optimisers.items():
            how = self.recipe.optimisers[name]
            rate = how.rate_at(self.step, self.recipe.steps)
            if rate is None:
                continue
            optimiser.param_groups[0]["lr"] = rate * 0.5**self.halvings
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
        """A step that is shorter for items learnt before; what all items share, whose first axis is one, goes on."""
        part = self._part(self.step)
        if part != self._part(self.step - 1):
            optimiser.state.clear()  # what it gathered speaks of other items
        pace = torch.where(self._parts == part, 1.0, self.recipe.boosting.slowed * (self._parts < part))
        before = [p.detach().clone() for p in parameters]
        optimiser.step()
        for old, parameter in zip(before, parameters, strict=True):
            if len(old) % len(pace):
                continue
            rows = pace.repeat_interleave(len(old) // len(pace)).view(-1, *[1] * (old.dim() - 1))
            parameter.data.copy_(torch.lerp(old, parameter.data, rows))


def _refuse_illegal(recipe: Recipe, synthetic: SyntheticSet) -> None:
    """Raises `RequestError` where what is to become legal examples is stored as something else."""
    if any(how.legal for how in recipe.optimisers.values()) and not isinstance(synthetic.codec, Raw):
        raise RequestError(
            f"optimisers.data.legal keeps stored examples legal, but {type(synthetic.codec).__name__} stores no "
            "examples: use the codec raw, or --set optimisers.data.legal=false"
        )


def _refuse_unlearnt(recipe: Recipe, synthetic: SyntheticSet, learnable: Mapping[str, list[nn.Parameter]]) -> None:
    """Raises `RequestError` where nothing that the set stores is what the steps are to change."""
    if recipe.optimisers and not recipe.optimisers.keys() & learnable.keys():
        named = repr(recipe.codec) if recipe.codec else type(synthetic.codec).__name__
        raise RequestError(
            f"steps of this method change {', '.join(recipe.optimisers)}, and of what the codec {named} stores "
            f"{', '.join(learnable) or 'nothing'} is learnt: choose another codec, or a method without steps"
        )
