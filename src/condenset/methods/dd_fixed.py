"""DD with a known initialisation: a set for one network, which it teaches in a few steps; no other learns from it.

Differences from the paper: those of DD.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from condenset.core.reported import Reported
from condenset.methods import dd
from condenset.recipe import Recipe
from condenset.sources.known import KnownNetwork
from condenset.tasks.task import Task


def from_known_network(
    recipe: Callable[[Task, Int[Tensor, " groups"]], Recipe],
) -> Callable[[Task, Int[Tensor, " groups"]], Recipe]:
    """The recipe with the task's known network in the place of fresh ones."""

    def known(task: Task, counts: Int[Tensor, " groups"]) -> Recipe:
        """As ever, from one network."""
        base = recipe(task, counts)
        return replace(base, source=KnownNetwork(), contract=replace(base.contract, initial="known"))

    return known


METHOD = replace(
    dd.METHOD,
    recipe=from_known_network(dd.recipe),
    reported=(
        Reported("mnist", "1 per class", "lenet:init=xavier", "dd2018", 0.94, None, "fixed initialisation"),
        Reported("cifar10", "10 per class", "alexnet", "dd2018", 0.54, None, "fixed initialisation"),
    ),
)
