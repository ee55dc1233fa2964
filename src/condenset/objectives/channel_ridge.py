"""Ridge regression from the set's windows to what follows them, one map for all channels, as a risk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.learners.channel_ridge import ChannelRidgeRegression
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class ChannelRidge:
    """A solver of `Risk` that reads no network: the closed form of what a linear forecaster converges to.

    Attributes:
        regulariser: times the mean diagonal entry of the Gram matrix. A small one trusts directions that the set hardly
            spans, and learners by descent do not find those.
    """

    second_order: ClassVar[bool] = False

    regulariser: float = 1e-2

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, ""]:
        """Half the mean squared error of forecasts of real windows, over windows, steps and channels."""
        predicted = ChannelRidgeRegression(self.regulariser).fit(synthetic.decode(), task, rng)(real.inputs)
        error = (predicted - task.target.matrix(real.targets).to(predicted)).square().mean(1)
        weight = real.weight.to(predicted)
        return 0.5 * (error * weight).sum() / weight.sum()
