"""What to do: one of several actions, graded by what a policy earns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.float64 import float64
from condenset.core.metric import Metric
from condenset.tasks.targets.classification import Classification


@dataclass(frozen=True)
class Action(Classification):
    """One of several actions. Its mathematics is that of classes: policies are taught by pairs of state and action.

    Attributes:
        classes: names of the actions in the order of their indices.
        goal: return from which an episode counts as solved; None: not known.
        least, most: bounds of the return of an episode; None: not known.
    """

    goal: float | None = None
    least: float | None = None
    most: float | None = None

    kind: ClassVar[str] = "action"

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The mean return, which ranks; the share of episodes that are solved; agreement with the expert."""
        least, most = -math.inf if self.least is None else self.least, math.inf if self.most is None else self.most
        shares = ["agreement"] if self.goal is None else ["solved", "agreement"]
        return Metric("return", unit="return", bounds=(least, most)), *(Metric(n, bounds=(0.0, 1.0)) for n in shares)

    def grades(self, predictions: Float[Tensor, "n actions"], targets: Tensor) -> dict[str, float]:
        """How often predictions agree with the expert's actions, in [0, 1]; what they earn only episodes tell."""
        return {"agreement": float64(predictions.argmax(1) == self.hard(targets)).mean().item()}

    def earned(self, returns: Float[Tensor, " episodes"]) -> dict[str, float]:
        """The mean return of some episodes, and the share of those that are solved, where a goal is known."""
        mean = {"return": float64(returns).mean().item()}
        return mean if self.goal is None else mean | {"solved": float64(returns >= self.goal).mean().item()}

    def describe(self) -> str:
        """Their number and names, and what an episode can earn."""
        known = self.least is not None and self.most is not None
        earned = f"; an episode earns {self.least:g} to {self.most:g}" if known else ""
        return f"{len(self.classes)} actions: {', '.join(self.classes)}{earned}"

    def content(self) -> str:
        """The names."""
        return f"of the actions {', '.join(self.classes)}"


TARGET = Action
