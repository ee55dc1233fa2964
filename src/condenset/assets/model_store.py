"""Models of the training data: trained once, kept under a hash of what they depend on, shared by runs.

A model is one safetensors file, written anew after every round until it is complete, so that a killed training goes on:

    parameters: of the best round, by name.
    losses: (rounds,) float32, of validation data after every round.
    current, optimiser: what training goes on from, only while it lasts.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, ClassVar, Generic, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor, nn

from condenset.assets.asset import file_asset
from condenset.assets.expert_file import ExpertFile, Shapes
from condenset.core import structure
from condenset.core.asset import Asset
from condenset.core.batch import Batch
from condenset.core.cache import cache_folder, digest, key_of
from condenset.core.errors import DataError
from condenset.core.execution import Executor
from condenset.core.lock import once
from condenset.core.now_and_then import logged
from condenset.core.optimisers import make_optimiser, optimiser_state, restore_optimiser
from condenset.core.rng import Rng
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Schedule:
    """How a model is trained: Adam at a rate that falls to 0, and of its rounds the best by validation data.

    Attributes:
        rounds: after each of which it is judged and saved.
        batch, rate: of a step.
        most: training examples that it learns from, random ones where there are more.
        seed: of the model, apart from the run's so that runs share it.
    """

    rounds: int = 4
    batch: int = 32
    rate: float = 5e-3
    most: int = 20_000
    seed: int = 0

    def plan(self, examples: int, rng: Rng) -> list[Tensor]:
        """Which examples the steps of a round read: all, in a new order."""
        return list(torch.randperm(examples, generator=rng.child("order", 0).torch()).split(self.batch))


@dataclass(frozen=True)
class Paced(Schedule):
    """A schedule whose rounds are of so many steps, whether examples are many or few.

    Attributes:
        steps: of a round, or fewer: as many as `passes` over the examples take.
    """

    steps: int = 220
    passes: int = 10

    def plan(self, examples: int, rng: Rng) -> list[Tensor]:
        """Fewer steps than a pass takes where examples are many, several passes where they are few."""
        steps, plan = min(self.steps, math.ceil(self.passes * examples / self.batch)), list[Tensor]()
        while len(plan) < steps:
            order = torch.randperm(examples, generator=rng.child("order", len(plan)).torch())
            plan.extend(order.split(self.batch))
        return plan[:steps]


_TIMED = 3  # steps
_IN_PLACE: ContextVar[bool] = ContextVar("in place of models", default=False)

Model = TypeVar("Model", bound=nn.Module)
How = TypeVar("How", bound=Schedule)


@contextmanager
def untrained() -> Iterator[None]:
    """For the block, models that are not there yet are given as they are drawn, to try what they are for."""
    token = _IN_PLACE.set(True)
    try:
        yield
    finally:
        _IN_PLACE.reset(token)


def only_tried() -> bool:
    """Whether this is such a block."""
    return _IN_PLACE.get()


class ModelStore(ABC, Generic[Model, How]):
    """The model of one task, the same for whoever asks, so that runs and the parts of one share it.

    Attributes:
        kind: what the model is called.
        stream: name of its random numbers.
    """

    kind: ClassVar[str]
    stream: ClassVar[str]

    def __init__(self, task: Task, how: How) -> None:
        """Args: task, of which a fifth of the examples is kept for validation where it defines no such data; how, it is
        trained."""
        self.how, self._task = how, task

    @abstractmethod
    def _drawn(self, generator: torch.Generator) -> Model:
        """The model before training."""

    @abstractmethod
    def _error(self, model: Model, batch: Batch, number: int, rng: Rng) -> Float[Tensor, ""]:
        """What a step of round `number` makes smaller. Args: rng, the step's."""

    @abstractmethod
    def _loss(self, model: Model, batch: Batch) -> Float[Tensor, ""]:
        """Of what it is judged by, on the CPU."""

    @abstractmethod
    def _told(self, loss: float) -> str:
        """How good it is, for the card. Args: loss, after the best round."""

    def _read(self, batch: Batch) -> Batch:
        """Examples as the model takes them."""
        return batch

    def _first(self) -> int:
        """The round from which on the model may be the best one."""
        return 0

    def model(self) -> Model:
        """The model, trained if it is not there yet. Raises `DataError` for a damaged file, and as `train`."""
        drawn = self._begun()
        if self.missing() and only_tried():
            return drawn.requires_grad_(False).to(self._task.device)
        names = drawn.state_dict()
        with self._opened() as file:
            drawn.load_state_dict({name: file.get_tensor(f"parameters/{name}") for name in names})
        return drawn.requires_grad_(False).to(self._task.device)

    def losses(self) -> Float[Tensor, " rounds"]:
        """Of validation data after every round."""
        with self._opened() as file:
            return file.get_tensor("losses")

    def missing(self) -> bool:
        """Whether it is still to be trained."""
        return not self._file(".safetensors").path.exists()

    def cost(self) -> tuple[float, int]:
        """Seconds that training takes here, from a few steps, and bytes that the model takes on disk."""
        model, train = self._begun().to(self._task.device), self._data[0]
        optimiser, rng = make_optimiser("adam", list(model.parameters()), self.how.rate), Rng(self.how.seed)
        plan = self.how.plan(len(train), rng)
        self._step(model, optimiser, train.select(plan[0]), 0, rng)  # the first one takes longer
        began = time.perf_counter()
        for part in plan[:_TIMED]:
            self._step(model, optimiser, train.select(part), 0, rng)
        each = (time.perf_counter() - began) / len(plan[:_TIMED])
        numbers = sum(value.nbytes for value in model.state_dict().values())
        return each * len(plan) * self.how.rounds, numbers + 4 * self.how.rounds

    def train_missing(self, executor: Executor) -> None:
        """Train it where it is not there yet, as a job."""
        if self.missing():
            for _ in executor.map(_train, self._task, [(type(self), self.how)]):
                pass

    def assets(self) -> list[Asset]:
        """The model, if it is there, as a card lists it: with how it was trained and how good it is."""
        if self.missing():
            return []
        told = ", ".join(f"{name} {value}" for name, value in asdict(self.how).items())
        best = self._told(self.losses()[self._first() :].min().item())
        train, judges = self._data
        best += f" on {'training' if judges is train else 'validation'} {self._task.modality.items}"
        return [file_asset(f"{self.kind} {self.key} ({told}; {best})", self._file(".safetensors").path)]

    def train(self) -> None:
        """Train it from where it was left, and save it, unless another process has. Raises `DataError` where it
        diverges."""
        once(self._file(".safetensors").path, self._complete)

    def _complete(self) -> None:
        train, judges = self._data
        partial = self._file(".partial")
        model, optimiser, losses, best = self._resumed(partial)
        track, done = logged(f"training the {self.kind} of {self._task.name}, rounds"), len(losses)
        for number in range(len(losses), self.how.rounds):
            self._descend(model, optimiser, train, number)
            losses = torch.cat([losses, self._loss(model, judges)[None]])
            judged = losses[self._first() :]
            if number < self._first() or len(judged) == 1 + int(judged.argmin()):
                best = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
            partial.write(self._state(model, optimiser, losses, best))
            track(number + 1 - done, self.how.rounds - done, self._told(losses[-1].item()))
        if not math.isfinite(losses.min()):
            raise DataError(f"the {self.kind} diverged: lower its rate")
        finished = {f"parameters/{name}": value for name, value in best.items()}
        self._file(".safetensors").write({"losses": losses, **finished})
        partial.path.unlink(missing_ok=True)

    def _descend(self, model: Model, optimiser: torch.optim.Optimizer, train: Batch, number: int) -> None:
        """A round."""
        rng = Rng(self.how.seed).child(self.stream, "round", number)
        plan = self.how.plan(len(train), rng)
        for step, part in enumerate(plan):
            done = (number + step / len(plan)) / self.how.rounds
            optimiser.param_groups[0]["lr"] = self.how.rate * (1 - done)
            self._step(model, optimiser, train.select(part), number, rng.child("step", step))

    def _step(self, model: Model, optimiser: torch.optim.Optimizer, batch: Batch, number: int, rng: Rng) -> None:
        optimiser.zero_grad()
        self._error(model, batch, number, rng).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()

    @cached_property
    def _data(self) -> tuple[Batch, Batch]:
        """What the model learns from, and what it is judged by: the same where examples are too few."""
        task = self._task.with_validation()
        assert task.validation is not None
        train = task.train.draw(self.how.most, Rng(self.how.seed).child(self.stream, self._task.modality.items))
        seen, judges = self._read(train), self._read(task.validation)
        return seen, judges if len(judges) else seen

    def _begun(self) -> Model:
        return self._drawn(Rng(self.how.seed).child(self.stream, "initial").torch())

    def _resumed(self, partial: ExpertFile) -> tuple[Model, torch.optim.Optimizer, Tensor, dict[str, Tensor]]:
        """Model, optimiser, losses and the best parameters so far."""
        model = self._begun().to(self._task.device)
        optimiser = make_optimiser("adam", list(model.parameters()), self.how.rate)
        if not partial.path.exists():
            return model, optimiser, torch.empty(0), {}

        def expected(stored: Shapes) -> Shapes:
            begun = self._state(model, optimiser, torch.empty(stored.get("losses", (0,))[0]), model.state_dict())
            return {name: tuple(tensor.shape) for name, tensor in begun.items()}

        parts: dict[str, dict[str, Tensor]] = {"parameters": {}, "current": {}, "optimiser": {}}
        with partial.opened(expected) as file:
            losses = file.get_tensor("losses")
            for path in sorted(file.keys()):
                head, _, name = path.partition("/")
                if name:
                    parts[head][name] = file.get_tensor(path)
        model.load_state_dict(parts["current"])
        restore_optimiser(optimiser, parts["optimiser"])
        return model, optimiser, losses, parts["parameters"]

    def _state(
        self, model: Model, optimiser: torch.optim.Optimizer, losses: Tensor, best: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        parts = {"parameters": best, "current": model.state_dict(), "optimiser": optimiser_state(optimiser)}
        named = {f"{part}/{name}": value for part, values in parts.items() for name, value in values.items()}
        return {"losses": losses, **{name: value.detach().cpu().clone() for name, value in named.items()}}

    def _opened(self) -> AbstractContextManager[Any]:
        """The finished file."""
        if self.missing():
            self.train()
        return self._file(".safetensors").opened(lambda stored: self._shapes())

    def _shapes(self) -> Shapes:
        stored = {f"parameters/{name}": tuple(value.shape) for name, value in self._begun().state_dict().items()}
        return {"losses": (self.how.rounds,), **stored}

    def _file(self, suffix: str) -> ExpertFile:
        path = cache_folder() / f"{self.kind.replace(' ', '-')}s" / f"{self.key}{suffix}"
        return ExpertFile(path, {self.kind: self.key}, self.kind)

    @cached_property
    def key(self) -> str:
        """By what is read, not by where it is from: a part of the data, or other labels, make another model."""
        content = [digest(*structure.tensors((part.inputs, part.targets))) for part in self._data]
        return key_of([asdict(self.how), content, self._task.preprocessing])


def _train(task: Task, job: tuple[type[ModelStore], Schedule]) -> None:
    kind, how = job
    kind(task, how).train()
