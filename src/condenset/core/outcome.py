"""What came of a test: a model's grades on all of the test data, or on some of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.rng import Rng

Grades = Mapping[str, float]  # every metric by its name

PARTS = 20  # of the test data: so many that leaving one out changes no grade much, so few that all are cheap


@dataclass(frozen=True)
class Outcome:
    """A model's predictions, or what it earned, from which it is graded.

    Attributes:
        units: what the test data are a sample of: examples, users, episodes.
        of: `(index (chosen,)) -> grades` on these units.
        ordered: whether neighbours tell much the same, as overlapping stretches of a series do.
    """

    units: int
    of: Callable[[Int[Tensor, " chosen"]], Grades]
    ordered: bool = False

    @property
    def grades(self) -> Grades:
        """What the model is graded with on all units of the test data."""
        return self.of(torch.arange(self.units))

    def without_each_part(self) -> list[Grades]:
        """On all units but one part of them, for each of up to `PARTS` parts: random ones, or stretches where units
        are ordered.

        The parts are the same for every model that is tested on as many units, so that differences are paired. Fewer
        than two units cannot be parted: none.
        """
        parts = min(PARTS, self.units)
        if parts < 2:
            return []
        part_of = torch.arange(self.units) * parts // self.units
        if not self.ordered:
            part_of = part_of[torch.randperm(self.units, generator=Rng(0).child("parts").torch())]
        return [self.of((part_of != part).nonzero().flatten()) for part in range(parts)]
