"""A recipe that may suit a kind of data, and is tried where one is to be recommended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Contender:
    """A recipe: a method, and what is changed in it.

    Attributes:
        needs: what the data must offer beside what the method needs, where it is known to be worth its time on those.
        unless: what they must not offer, as it takes too long there.
        packs: whether it stores items in few bytes, so that it is for budgets in bytes: of so many items it makes a set
            that is smaller than the others.
        simple: whether nothing is learnt for it.
    """

    method: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    packs: bool = False
    simple: bool = False

    @property
    def name(self) -> str:
        """ "relabel, start=herding"."""
        return ", ".join([self.method, *(f"{name}={value}" for name, value in self.changes.items())])

    @property
    def words(self) -> str:
        """As `condenset distill` is told."""
        return " ".join([f"--method {self.method}", *(f"--set {name}={value}" for name, value in self.changes.items())])
