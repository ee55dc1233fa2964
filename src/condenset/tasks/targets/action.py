"""What to do: one of several actions, graded by what a policy earns."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from jaxtyping import Float
from torch import Tensor

from condenset.core.float64 import float64
from condenset.core.metric import Metric
from condenset.tasks.targets.classification import Classification


class _OfInstance:
    """The metrics, whose bounds are the environment's; those of the class have none."""

    def __get__(self, target: Action | None, kind: type) -> tuple[Metric, ...]:
        least = -math.inf if target is None or target.least is None else target.least
        most = math.inf if target is None or target.most is None else target.most
        shares = ["solved", "agreement"] if target is None or target.goal is not None else ["agreement"]
        return Metric("return", unit="return", bounds=(least, most)), *(Metric(n, bounds=(0.0, 1.0)) for n in shares)


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
    metrics: ClassVar[tuple[Metric, ...]] = cast(Any, _OfInstance())

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
