"""The best of many draws of a start, by what learners that were trained on each of them score.

A set is so small beside the data that these can judge it: what it scores on them is hardly owed to its own examples.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jaxtyping import Int
from torch import Tensor

from condenset.assets.teachers import Teachers
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.learners.training import Training
from condenset.starts.cross_fitted import CrossFitted
from condenset.starts.start import Start
from condenset.tasks.task import Task

_LESSON = Training(epochs=300, optimiser="adam", rate=1e-3)


@dataclass(frozen=True)
class Searched:
    """Random search over the draws of a start.

    Attributes:
        candidates: the start.
        draws: of it.
        learners: by name, that are trained on every draw; empty: the teachers of the kind of data.
        training: of those that are networks.
        judged: training examples that draws are judged on, where the data have no validation data.
    """

    candidates: Start = field(default_factory=CrossFitted)
    draws: int = 6
    learners: tuple[str, ...] = ()
    training: Training = _LESSON
    judged: int = 2000

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of group g, those of the draw that the learners scored best with."""
        judges = task.validation or task.train.draw(self.judged, rng.child("judges"))
        drawn = [self.candidates(task, counts, rng.child("draw", number)) for number in range(self.draws)]
        scores = [self._score(batch, task, judges, rng.child("learners")) for batch in drawn]
        return drawn[scores.index(task.target.metrics[0].best(scores))]

    def _score(self, batch: Batch, task: Task, judges: Batch, rng: Rng) -> float:
        """The first metric, the mean over learners."""
        models = Teachers(self.learners, self.training, steps=0).of(task).taught(batch, task, rng)
        return sum(task.judged(model, judges, rng) for model in models) / len(models)
