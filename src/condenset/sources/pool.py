"""A rolling pool of random networks, each with its augmentation record.

A pool of one that is renewed at every step is the plain method (a fresh network each step). In a larger pool a
network comes again, so its real side is computed once and kept: a step then costs only the synthetic side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from condenset.sources.real_sides import RealSides
from condenset.sources.source import Draw, Setting, Stateless


@dataclass(frozen=True)
class Pool:
    """A pool's numbers.

    Attributes:
        size: networks held at a time; 1 draws a fresh network each step.
        renew_every: steps after which the oldest network gives way to a new one.
        siamese: whether each network brings an augmentation shared by real and synthetic data.
    """

    alike: ClassVar[bool] = True

    size: int = 1
    renew_every: int = 1
    siamese: bool = True

    def begin(self, setting: Setting) -> RunningPool:
        """Start a run; members of the pool are drawn when their turn comes."""
        return RunningPool(self, setting)


class RunningPool(Stateless):
    """Member k is born at step (k - size + 1) * renew_every, so a step's members follow from its number alone.

    So does a member, and it can be forgotten: it is drawn anew, and its real sides measured anew, when it is met again.
    """

    def __init__(self, pool: Pool, setting: Setting, member: Callable[[int], Draw] | None = None) -> None:
        """Args: pool, its numbers; setting, the run's; member, the network of a number, a fresh one if left out."""
        self._pool, self._setting = pool, setting
        self._member = member or (lambda born: Draw(setting.draw_network(born)))
        self._members: dict[int, Draw] = {}

    def draw(self, step: int) -> Draw:
        """A random member of the pool as it stands at this step."""
        oldest = step // self._pool.renew_every
        offset = self._setting.rng.child("member", step).integer() % self._pool.size
        born = oldest + offset
        self._members = {k: member for k, member in self._members.items() if k >= oldest}
        if born not in self._members:
            self._members[born] = self._new_member(born)
        self._make_room(born)
        return self._members[born]

    @property
    def nbytes(self) -> int:
        """Bytes of the members that are held."""
        return sum(member.nbytes for member in self._members.values())

    @property
    def member_nbytes(self) -> float:
        """Bytes of a member, the mean of those that are held, of which there must be one."""
        return self.nbytes / len(self._members)

    def _new_member(self, born: int) -> Draw:
        augmentation = self._setting.draw_augmentation(born) if self._pool.siamese else None
        real_sides = RealSides(born) if self._pool.size > 1 else None
        return replace(
            self._member(born), augmentation=augmentation, real_sides=real_sides, uses=self._pool.renew_every
        )

    def _make_room(self, needed: int) -> None:
        """Forget members until the others fit, those first that will be renewed soonest."""
        limit = self._setting.execution.memory
        if limit is None:
            return
        excess = self.nbytes - limit
        for born in sorted(self._members.keys() - {needed}):
            if excess <= 0:
                break
            excess -= self._members.pop(born).nbytes
