"""Networks that are trained on the data, each once, and kept in a folder that is named by all that they depend on."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, ClassVar

from condenset.core.asset import Asset
from condenset.core.cache import cache_folder, key_of
from condenset.core.execution import Executor
from condenset.core.lock import once
from condenset.core.now_and_then import tracked
from condenset.tasks.task import Task


class NetworkStore(ABC):
    """The networks of one setting; one follows from the setting and its number alone.

    Attributes:
        called: what they are, for people.
        room: the folder in the cache that theirs stands in.
        experts: how they are trained: a dataclass, with their `count` and the `examples` of an epoch.
        folder: where they are.
    """

    called: ClassVar[str]
    room: ClassVar[str]

    def __init__(self, experts: Any, task: Task, *setting: Any) -> None:
        """Args: experts, how they are trained; task, on what; setting, what else the store is made of."""
        self.experts, self._task, self._setting = experts, task, setting
        self.folder = cache_folder() / self.room / self._key()

    @abstractmethod
    def __len__(self) -> int:
        """How many there are."""

    @abstractmethod
    def assets(self) -> list[Asset]:
        """Those that are there, as a card lists them."""

    @abstractmethod
    def cost(self, networks: int) -> tuple[float, int]:
        """Seconds that so many take to train here, from a few batches, and bytes that they take on disk."""

    @abstractmethod
    def _complete(self, number: int) -> None:
        """Train one from where it was left, and save it."""

    @abstractmethod
    def _depends(self) -> tuple[list[Any], list[Any]]:
        """What they depend on beside how they are trained and the data, JSON-able: before and after these."""

    def train(self, number: int) -> None:
        """Train one from where it was left, and save it, unless another process has."""
        once(self._path(number), lambda: self._complete(number))

    def missing(self) -> list[int]:
        """Numbers of those that are not there yet."""
        return [number for number in range(len(self)) if not self._path(number).exists()]

    def train_missing(self, executor: Executor) -> None:
        """Train every one that is not there yet, a job for each."""
        jobs = [(type(self), self.experts, self._setting, number) for number in self.missing()]
        for _ in tracked(executor.map(_train, self._task, jobs), f"training {self.called}", len(jobs)):
            pass

    def _path(self, number: int, suffix: str = ".safetensors") -> Path:
        return self.folder / f"{number:04d}{suffix}"

    def _key(self) -> str:
        augmentation, (before, after) = self._task.augmentation, self._depends()
        depends = [
            asdict(self.experts) | {"count": None},
            *before,
            self._task.fingerprint,
            self._task.preprocessing,
            self._task.target.describe(),  # one encoding of pictures has classes to tell apart, or vectors
            type(augmentation).__name__,
            asdict(augmentation) if is_dataclass(augmentation) else None,
            *after,
        ]
        return key_of(depends)


def seconds_twice(work: Callable[[], object]) -> tuple[float, float]:
    """What work takes the first time, which pays for compiling, and the second."""
    timed = []
    for _ in range(2):
        began = time.perf_counter()
        work()
        timed.append(time.perf_counter() - began)
    return timed[0], timed[1]


def _train(task: Task, job: tuple[Callable[..., NetworkStore], Any, tuple[Any, ...], int]) -> None:
    kind, experts, setting, number = job
    kind(experts, task, *setting).train(number)
