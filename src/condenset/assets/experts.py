"""Expert trajectories: networks trained on the real data, their parameters kept after every epoch.

Trained once, kept in a folder named by a hash of what they depend on, and shared by every run that needs them.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass, is_dataclass
from pathlib import Path

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from condenset.core.cache import cache_folder
from condenset.core.errors import DataError
from condenset.core.executor import Executor
from condenset.core.rng import Rng
from condenset.learners.sgd import Training, train_epochs
from condenset.nets.network import Network
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Experts:
    """How experts are trained.

    Attributes:
        count: experts.
        epochs: epochs kept, each one checkpoint beside the initial parameters.
        examples: random training examples that make an epoch; None: all of them.
        rate, momentum, batch, augment: of the training, SGD without decay (MTT: without momentum).
        seed: of the experts, apart from the run's so that runs share them.
    """

    count: int = 10
    epochs: int = 5
    examples: int | None = None
    rate: float = 0.01
    momentum: float = 0.0
    batch: int = 256
    augment: bool = True
    seed: int = 0


class ExpertStore:
    """The trajectories of one setting, trained when first asked for."""

    def __init__(self, experts: Experts, task: Task, network: str | None) -> None:
        """Args: experts, how they are trained; task, on what; network, the architecture or None for the default."""
        self.experts, self._task = experts, task
        self._name = network or task.modality.network
        self.folder = cache_folder() / "experts" / self._key()

    def trajectory(self, number: int) -> Float[Tensor, "checkpoints parameters"]:
        """Expert `number`'s flat parameters, (epochs + 1, parameters); trained and saved if it is not there yet.

        Raises `DataError` naming a file that is damaged or holds something else.
        """
        path = self._path(number)
        if not path.exists():
            self.train(number)
        try:
            checkpoints = load_file(path)["parameters"]
        except (SafetensorError, KeyError) as error:
            raise DataError(f"expert {path} cannot be read ({error}): delete it and it is trained again") from error
        expected = sum(p.numel() for p in self._network(number).parameters.values())
        if checkpoints.shape != (self.experts.epochs + 1, expected):
            raise DataError(
                f"expert {path} holds {tuple(checkpoints.shape)}, expected {(self.experts.epochs + 1, expected)}: "
                "it belongs to another network; delete it"
            )
        return checkpoints

    def train_missing(self, executor: Executor) -> None:
        """Train every expert that is not there yet, a job for each."""
        missing = [number for number in range(self.experts.count) if not self._path(number).exists()]
        for _ in executor.map(_train, self._task, [(self.experts, self._name, number) for number in missing]):
            pass

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:04d}.safetensors"

    def _key(self) -> str:
        task, augmentation = self._task, self._task.augmentation
        depends = [
            asdict(self.experts) | {"count": None},
            self._name,
            task.fingerprint,
            task.preprocessing,
            type(augmentation).__name__,
            asdict(augmentation) if is_dataclass(augmentation) else None,
        ]
        return hashlib.sha256(json.dumps(depends, sort_keys=True).encode()).hexdigest()[:16]

    def _network(self, number: int) -> Network:
        return self._task.network(self._name, Rng(self.experts.seed).child("expert", number))

    def train(self, number: int) -> None:
        """Train an expert and save it."""
        path = self._path(number)
        rng = Rng(self.experts.seed).child("expert", number, "training")
        checkpoints = [self._network(number).flat()]
        for network in self._epochs(self._network(number), rng):
            checkpoints.append(network.flat().detach().clone())
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.part")
        save_file({"parameters": torch.stack(checkpoints)}, part)
        part.replace(path)

    def _epochs(self, network: Network, rng: Rng) -> Iterator[Network]:
        training = Training(
            epochs=1,
            batch=self.experts.batch,
            rate=self.experts.rate,
            momentum=self.experts.momentum,
            weight_decay=0.0,
            drop_at=(),
            augment=self.experts.augment,
        )
        view = self._task.train
        for epoch in range(self.experts.epochs):
            data = view.all() if self.experts.examples is None else view.draw(self.experts.examples, rng.child(epoch))
            network = next(train_epochs(network, data, self._task, training, rng.child("epoch", epoch)))
            yield network


def _train(task: Task, job: tuple[Experts, str, int]) -> None:
    experts, network, number = job
    ExpertStore(experts, task, network).train(number)
