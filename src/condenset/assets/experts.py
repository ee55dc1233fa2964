"""Expert trajectories: networks trained on the real data, and the parameters that they had after certain epochs.

Trained once, kept in a folder named by a hash of what they depend on, and shared by every run that needs them. An
expert is one safetensors file, written anew after every epoch until it is complete, so that a killed training goes on:

    deltas: (kept, parameters) bfloat16, from the sum of the rows before it, so that roundings do not add up; the first
        row is counted from the drawn network, which its seed makes again and which is not stored.
    lengths: (epochs, tensors) float32, how far every parameter tensor moved in every epoch, kept or not.
    current: (parameters,) float32, only while training lasts.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.utils import _pytree

from condenset.assets.asset import file_asset
from condenset.assets.curriculum import Curriculum, difficulty, neighbour_entropy
from condenset.assets.expert_file import ExpertFile, Shapes
from condenset.assets.network_store import NetworkStore, seconds_twice
from condenset.core.asset import Asset
from condenset.core.batch import Batch
from condenset.core.cache import digest
from condenset.core.execution import Execution
from condenset.core.now_and_then import tracked
from condenset.core.rng import Rng
from condenset.learners.gsam import Flatness
from condenset.learners.learner import Model
from condenset.learners.sgd import predictor, train_epochs
from condenset.learners.training import PLAIN, Training
from condenset.nets.network import Network
from condenset.tasks.task import Task

_TRIED = 3  # batches


@dataclass(frozen=True)
class Experts:
    """How experts are trained.

    Attributes:
        count: experts.
        examples: random training examples that make an epoch; None: all of them.
        rate, momentum, batch, augment: of the training, SGD without decay (MTT: without momentum, which begins anew
            with every epoch).
        cutmix: chance that a training step mixes its images, see `Training`.
        flatness: for flat trajectories (FTD); None for plain descent.
        curriculum: which part of the data an epoch uses (PAD, GEOM); None for all.
        seed: of the experts, apart from the run's so that runs share them.
    """

    count: int = 3
    examples: int | None = 20_000
    rate: float = 0.01
    momentum: float = 0.0
    batch: int = 256
    augment: bool = True
    cutmix: float = 0.0
    flatness: Flatness | None = None
    curriculum: Curriculum | None = None
    seed: int = 0

    @property
    def training(self) -> Training:
        """How an expert is trained for one epoch; trajectories are kept epoch by epoch."""
        return replace(
            PLAIN, batch=self.batch, rate=self.rate, momentum=self.momentum, augment=self.augment, cutmix=self.cutmix
        )


@dataclass(frozen=True)
class FirstLesson:
    """What every expert learns before it sees the data, such as the finished part of a synthetic set.

    Attributes:
        batch: examples.
        training: on them.
    """

    batch: Batch
    training: Training

    def key(self) -> list[Any]:
        """What tells two lessons apart, JSON-able."""
        tensors = _pytree.tree_leaves((self.batch.inputs, self.batch.targets, self.batch.weight))
        return [digest(*tensors), asdict(self.training)]


class ExpertStore(NetworkStore):
    """The experts of one setting. Beside what `NetworkStore` has:

    Attributes:
        kept: epochs that are stored; experts are trained to the last of them.
    """

    called, room = "expert trajectories", "experts"
    experts: Experts

    def __init__(
        self, experts: Experts, task: Task, network: str | None, kept: Iterable[int], lesson: FirstLesson | None = None
    ) -> None:
        """Args: experts, how they are trained; task, on what; network, the architecture or None for the default;
        kept, epochs that will be asked for (epoch 0 is the beginning); lesson, what comes before the data.
        """
        self._name, self._lesson = network or task.modality.network, lesson
        self.kept = tuple(sorted(set(kept) - {0}))
        super().__init__(experts, task, self._name, self.kept, lesson)

    def __len__(self) -> int:
        """Experts."""
        return self.experts.count

    def checkpoint(self, number: int, epoch: int) -> Float[Tensor, " parameters"]:
        """Expert `number`'s parameters after a kept epoch, or before the first; trained if it is not there yet.

        Only the rows up to there are read. Raises `DataError` naming a file that is damaged or holds something else.
        """
        with self._opened(number) as file:
            rows = bisect_right(self._stored, epoch)
            parameters = _summed(_numbers(self._drawn(number)), file.get_slice("deltas")[:rows])
        return parameters.to(self._task.device)

    def lengths(self, number: int) -> Float[Tensor, "epochs tensors"]:
        """How far every parameter tensor of an expert moved in every epoch. Raises `DataError` as above."""
        with self._opened(number) as file:
            return file.get_tensor("lengths").to(self._task.device)

    def _complete(self, number: int) -> None:
        drawn, partial = self._drawn(number), self._file(number, ".partial")
        try:
            state = self._resumed(partial)
        except FileNotFoundError:  # never begun, or, where there are no locks, finished by another process just now
            state = self._begun(drawn, number)
        left = range(len(state["lengths"]), self.kept[-1])
        for _ in tracked(left, f"training expert {number + 1} of {self.experts.count}, epochs", len(left)):
            state = self._after_epoch(drawn, number, state)
            partial.write(state)
        self._file(number).write({name: tensor for name, tensor in state.items() if name != "current"})
        partial.path.unlink(missing_ok=True)

    def assets(self) -> list[Asset]:
        """The experts that are there, as a card lists them."""
        files = map(self._path, range(len(self)))
        return [file_asset(f"expert {self.folder.name}/{path.stem}", path) for path in files if path.exists()]

    def cost(self, networks: int) -> tuple[float, int]:
        """Seconds that so many experts take to train here, from a few batches, and bytes that they take on disk."""
        data = self._examples(Rng(self.experts.seed).child("cost"))
        few = data.select(torch.arange(min(len(data), _TRIED * self.experts.batch)))
        share = len(data) / len(few)
        execution = Execution(self._task.device, times=math.ceil(self.experts.count * self.kept[-1] * share))
        training, flatness = self.experts.training, self.experts.flatness
        first, then = seconds_twice(
            lambda: next(train_epochs(self._drawn(0), few, self._task, training, Rng(0), execution, flatness))
        )
        numbers = 2 * len(self._stored) * sum(self._sizes) + 4 * self.kept[-1] * len(self._sizes)
        return first - then + networks * self.kept[-1] * share * then, networks * numbers

    @property
    def _stored(self) -> tuple[int, ...]:
        """Epochs that have a row."""
        return self.kept if self._lesson is None else (0, *self.kept)

    def _file(self, number: int, suffix: str = ".safetensors") -> ExpertFile:
        identity = {"expert": f"{self.folder.name}/{number}", "drawn": digest(_numbers(self._drawn(number)))}
        return ExpertFile(self._path(number, suffix), identity)

    def _depends(self) -> tuple[list[Any], list[Any]]:
        return [self.kept, self._name], [None if self._lesson is None else self._lesson.key()]

    @contextmanager
    def _opened(self, number: int) -> Iterator[Any]:
        file = self._file(number)
        if not file.path.exists():
            self.train(number)
        with file.opened(lambda stored: self._shapes(self.kept[-1])) as opened:
            yield opened

    def _shapes(self, epochs: int) -> dict[str, tuple[int, ...]]:
        """What is there after so many epochs."""
        rows = bisect_right(self._stored, epochs)
        return {"deltas": (rows, sum(self._sizes)), "lengths": (epochs, len(self._sizes))}

    @cached_property
    def _sizes(self) -> list[int]:
        """Numbers in every parameter tensor."""
        return [parameter.numel() for parameter in self._drawn(0).parameters.values()]

    def _resumed(self, partial: ExpertFile) -> dict[str, Tensor]:
        def expected(stored: Shapes) -> Shapes:
            shapes = self._shapes(stored.get("lengths", (0,))[0])
            return {"current": shapes["deltas"][1:], **shapes}

        with partial.opened(expected) as file:
            return {name: file.get_tensor(name) for name in ("current", "deltas", "lengths")}

    def _drawn(self, number: int) -> Network:
        return self._task.network(self._name, Rng(self.experts.seed).child("expert", number))

    def _begun(self, drawn: Network, number: int) -> dict[str, Tensor]:
        """Training before its first epoch, after the lesson."""
        current, lengths = _numbers(drawn), torch.empty(0, len(drawn.parameters))
        if self._lesson is None:
            return {"current": current, "lengths": lengths, "deltas": current.new_empty(0, len(current)).bfloat16()}
        rng = Rng(self.experts.seed).child("expert", number, "lesson")
        for network in train_epochs(drawn, self._lesson.batch, self._task, self._lesson.training, rng):
            taught = _numbers(network)
        return {"current": taught, "lengths": lengths, "deltas": (taught - current).bfloat16()[None]}

    def _after_epoch(self, drawn: Network, number: int, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        epoch, before = len(state["lengths"]), drawn.unflatten(state["current"].to(self._task.device))
        rng = Rng(self.experts.seed).child("expert", number, "training")
        execution = Execution(self._task.device, times=self.experts.count * self.kept[-1])
        data, training = self._data(epoch, rng), self.experts.training
        start, address = drawn.with_parameters(before), rng.child("epoch", epoch)
        after = next(train_epochs(start, data, self._task, training, address, execution, self.experts.flatness))
        current, deltas = _numbers(after), state["deltas"]
        lengths = torch.stack([(after.parameters[name] - value).norm() for name, value in before.items()])
        lengths = torch.cat([state["lengths"], lengths[None].detach().cpu()])
        if epoch + 1 in self.kept:
            delta = (current - _summed(_numbers(drawn), deltas)).bfloat16()
            deltas = torch.cat([deltas, delta[None]])
        return {"current": current, "lengths": lengths, "deltas": deltas}

    def _data(self, epoch: int, rng: Rng) -> Batch:
        data = self._examples(rng.child(epoch))
        if self.experts.curriculum is None:
            return data
        known = data.examples().cpu()
        return data.select(known[self.experts.curriculum.chosen(self._hardness(data).cpu()[known], epoch)])

    def _hardness(self, data: Batch) -> Float[Tensor, " examples"]:
        if self.experts.curriculum and self.experts.curriculum.hard == "neighbours":
            return self._neighbours
        return difficulty(self._judge, data, self._task)

    def _examples(self, rng: Rng) -> Batch:
        view, count = self._task.train, self.experts.examples
        return view.all() if count is None else view.draw(count, rng)

    @cached_property
    def _neighbours(self) -> Float[Tensor, " nodes"]:
        """Of all nodes, by all training labels: the same in every epoch."""
        rng = Rng(self.experts.seed).child("neighbours")
        return neighbour_entropy(self._task.train.all(), self._task, rng)

    @cached_property
    def _judge(self) -> Model:
        """A network after one epoch, for all experts."""
        rng = Rng(self.experts.seed).child("judge")
        drawn, data = self._task.network(self._name, rng), self._examples(rng.child("examples"))
        return predictor(next(train_epochs(drawn, data, self._task, self.experts.training, rng)))


def _numbers(network: Network) -> Float[Tensor, " parameters"]:
    """A network's parameters as they are stored: on the CPU."""
    return network.flat().detach().cpu()


def _summed(origin: Tensor, rows: Tensor) -> Tensor:
    """The origin and all rows, added one by one, so that training and reading agree to the bit."""
    total = origin.detach().clone()
    for row in rows:
        total += row
    return total
