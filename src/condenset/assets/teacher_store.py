"""Squeeze: networks that are trained on the data to teach, each once, kept with what it was trained by and how good it
is (Yin, Xing and Shen, SRe2L, NeurIPS 2023, arXiv 2306.13092). A killed training goes on after its last epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from condenset.assets.asset import file_asset
from condenset.assets.network_store import NetworkStore, seconds_twice
from condenset.assets.teacher_file import Told, read_as, read_teacher, write_teacher
from condenset.assets.teachers import balanced
from condenset.core.asset import Asset
from condenset.core.batch import Batch
from condenset.core.errors import DataError
from condenset.core.execution import Execution
from condenset.core.now_and_then import tracked
from condenset.core.rng import Rng
from condenset.learners.sgd import predictor, train_epochs
from condenset.learners.training import Training
from condenset.nets.network import Network
from condenset.tasks.part import divided
from condenset.tasks.task import Task
from condenset.tasks.view import View

_JUDGES = 0.05  # share of the training examples that judge a teacher, where the data have no validation split
_TRIED = 3  # batches


@dataclass(frozen=True)
class Squeeze:
    """How teachers are trained: by SGD with augmentation, at a rate that falls to 0 along a cosine.

    Attributes:
        count: teachers of an architecture.
        epochs: of each.
        examples: random training examples that make an epoch, all where there are no more; None: all.
        rate, momentum, weight_decay, batch: of SGD, whose momentum begins anew with every epoch.
        seed: of the teachers, apart from the run's so that runs share them.
        steps: that training takes at least, in epochs of several passes where examples are few.
        balanced: whether groups weigh alike, however many examples they have.
    """

    count: int = 1
    epochs: int = 10
    examples: int | None = 20_000
    rate: float = 0.05
    momentum: float = 0.9
    weight_decay: float = 5e-4
    batch: int = 128
    seed: int = 0
    steps: int = 0
    balanced: bool = False

    def passes(self, examples: int) -> int:
        """Over the examples of an epoch, where there are so many to train on."""
        steps = math.ceil(min(examples, self.examples or examples) / self.batch)
        return max(1, math.ceil(self.steps / (steps * self.epochs)))

    def epoch(self, number: int, steps: int, passes: int = 1) -> Training:
        """One epoch of so many steps in each of its passes."""
        each = passes * steps
        share = [(number + step / each) / self.epochs for step in range(each)]
        return Training(
            epochs=passes,
            batch=self.batch,
            rates=tuple(self.rate * 0.5 * (1 + math.cos(math.pi * done)) for done in share),
            momentum=self.momentum,
            weight_decay=self.weight_decay,
            drop_at=(),
            augment=True,
        )


class TeacherStore(NetworkStore):
    """The teachers of one setting; training one raises `DataError` where it learnt nothing."""

    called = room = "teachers"
    experts: Squeeze

    def __init__(self, squeeze: Squeeze, task: Task, networks: tuple[str, ...], given: tuple[str, ...] = ()) -> None:
        """Args: squeeze, how they are trained; task, on what; networks, architectures that take turns; given, files of
        teachers in place of trained ones."""
        self._networks, self._given = networks, given
        super().__init__(squeeze, task, networks, given)

    def __len__(self) -> int:
        """Teachers of all architectures, or those given."""
        return len(self._given) or self.experts.count * len(self._networks)

    def teacher(self, number: int) -> Network:
        """A teacher in evaluation mode, trained if it is not there yet. Raises `DataError` as `read_teacher`."""
        if number in self.missing():
            self.train(number)
        return given_teacher(self._path(number), self._task)

    def _complete(self, number: int) -> None:
        done, network = self._begun(number)
        rng = Rng(self.experts.seed).child("teacher", number, "training")
        squeeze, left = self.experts, range(done, self.experts.epochs)
        execution = Execution(self._task.device, times=squeeze.epochs)
        for epoch in tracked(left, f"training teacher {number + 1} of {len(self)}, epochs", len(left)):
            data, address = self._data(rng.child(epoch)), rng.child("epoch", epoch)
            training = squeeze.epoch(epoch, math.ceil(len(data) / squeeze.batch), self._passes)
            *_, network = train_epochs(network, data, self._task, training, address, execution)
            self._write(self._path(number, ".partial"), number, epoch + 1, network, "not yet")
        self._write(self._path(number), number, squeeze.epochs, network, self._judged(network))
        self._path(number, ".partial").unlink(missing_ok=True)

    def missing(self) -> list[int]:
        """The teachers that are not there yet; a given one is never trained."""
        return [] if self._given else super().missing()

    def assets(self) -> list[Asset]:
        """The teachers that are there, as a card lists them: with how they were trained and how good they are."""
        return [teacher_asset(self._path(number)) for number in range(len(self)) if number not in self.missing()]

    def cost(self, networks: int) -> tuple[float, int]:
        """Seconds that so many teachers take to train here, from a few batches of the first, and bytes on disk."""
        network, data, squeeze = self._drawn(0), self._data(Rng(0)), self.experts
        few = data.select(torch.arange(min(len(data), _TRIED * squeeze.batch)))
        repeats = squeeze.epochs * self._passes * len(data) / len(few)
        execution = Execution(self._task.device, times=math.ceil(repeats))
        first, then = seconds_twice(
            lambda: next(train_epochs(network, few, self._task, squeeze.epoch(0, _TRIED), Rng(0), execution))
        )
        return first - then + networks * repeats * then, networks * network.nbytes

    @property
    def _passes(self) -> int:
        return self.experts.passes(len(self._divided[0]))

    def _begun(self, number: int) -> tuple[int, Network]:
        """Epochs that are done, and the network after them."""
        partial, drawn = self._path(number, ".partial"), self._drawn(number)
        if not partial.exists():
            return 0, drawn
        told, tensors = read_teacher(partial)
        return told.epochs, _holding(drawn, tensors, partial)

    def _data(self, rng: Rng) -> Batch:
        view, count = self._divided[0], self.experts.examples
        data = view.all() if count is None else view.draw(count, rng)
        return balanced(data) if self.experts.balanced else data

    def _judged(self, network: Network) -> str:
        (train, judges), metric = self._divided, self._task.target.metrics[0]
        score = self._task.judged(predictor(network), judges, Rng(0))
        seen = self._task.validation is None and len(train) == len(self._task.train)
        which = f"{self._task.modality.items} it was {'' if seen else 'not '}trained on"
        return f"{metric.name} {score:.4g} on {len(judges)} {which}"

    @cached_property
    def _divided(self) -> tuple[View, Batch]:
        """What it learns from, and what it is judged by: the same where groups are too small to give any."""
        if self._task.validation is not None:
            return self._task.train, self._task.validation
        train, others = divided(self._task.train, _JUDGES, Rng(self.experts.seed).child("judges"))
        return train, self._task.train.select(others) if len(others) else train.all()

    def _drawn(self, number: int) -> Network:
        name = self._networks[number % len(self._networks)]
        return self._task.network(name, Rng(self.experts.seed).child("teacher", number))

    def _write(self, path: Path, number: int, epochs: int, network: Network, judged: str) -> None:
        told = Told(
            network=self._networks[number % len(self._networks)],
            knows=self._task.target.describe(),
            preprocessing=read_as(self._task),
            recipe=asdict(self.experts),
            epochs=epochs,
            judged=judged,
            digest="",
        )
        write_teacher(path, told, {**network.parameters, **network.buffers})

    def _path(self, number: int, suffix: str = ".safetensors") -> Path:
        return Path(self._given[number]) if self._given else super()._path(number, suffix)

    def _depends(self) -> tuple[list[Any], list[Any]]:
        return [self._networks], []


def given_teacher(path: Path, task: Task) -> Network:
    """The teacher of a file in evaluation mode, wherever it was trained.

    Raises `DataError` where it cannot be read, was altered, or is none for these data.
    """
    told, tensors = read_teacher(path)
    told.expect(task, path)
    return _holding(task.network(told.network, Rng(0)), tensors, path).evaluating()


def teacher_asset(path: Path) -> Asset:
    """A teacher's file as a card lists it. Raises `DataError` where it cannot be read or was altered."""
    told, _ = read_teacher(path)
    recipe = ", ".join(f"{name} {value}" for name, value in told.recipe.items())
    return file_asset(f"teacher {path.parent.name}/{path.stem} ({told.network}; {recipe}; {told.judged})", path)


def _holding(drawn: Network, tensors: Mapping[str, Tensor], path: Path) -> Network:
    """An architecture with the numbers of a file."""
    wanted = {name: tuple(value.shape) for name, value in {**drawn.parameters, **drawn.buffers}.items()}
    found = {name: tuple(value.shape) for name, value in tensors.items()}
    if found != wanted:
        odd = sorted(name for name in wanted.keys() | found if wanted.get(name) != found.get(name))
        raise DataError(f"the teacher {path} does not hold its own network: {', '.join(odd[:3])} differ")
    there = {name: value.to(drawn.flat().device) for name, value in tensors.items()}
    return replace(
        drawn,
        parameters={name: there[name] for name in drawn.parameters},
        buffers={name: there[name] for name in drawn.buffers},
    )
