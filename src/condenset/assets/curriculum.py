"""Which part of an epoch's examples experts learn from, by difficulty (Li et al., Prioritize Alignment in Dataset
Distillation, arXiv 2408.03360): at first not the hardest, in the end not the easiest."""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.learners.learner import Model
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Curriculum:
    """Shares of an epoch's examples; epochs count from 0.

    Attributes:
        easiest: share that the first epoch uses.
        whole_from: epoch from which the hardest are used as well; the share grows linearly up to there.
        left_out: (epoch, share) pairs in ascending order: from that epoch on the easiest share is left out.
    """

    easiest: float = 0.75
    whole_from: int = 20
    left_out: tuple[tuple[int, float], ...] = ((40, 0.1), (60, 0.2))

    def span(self, epoch: int) -> tuple[float, float]:
        """The shares between which an epoch's examples lie, 0 being the easiest example and 1 the hardest."""
        grown = min(1.0, epoch / self.whole_from) if self.whole_from else 1.0
        begin = max((share for since, share in self.left_out if epoch >= since), default=0.0)
        return begin, self.easiest + grown * (1 - self.easiest)

    def chosen(self, errors: Float[Tensor, " examples"], epoch: int) -> Int[Tensor, " chosen"]:
        """Indices of the examples that an epoch uses, in their order; errors, how hard each is."""
        begin, end = (round(share * len(errors)) for share in self.span(epoch))
        return errors.argsort(stable=True)[begin:end].sort().values


def difficulty(judge: Model, batch: Batch, task: Task) -> Float[Tensor, " examples"]:
    """The length of the error, the rows (examples, classes) of softmax - one-hot, of a network that has just begun to
    learn (EL2N, Paul et al., NeurIPS 2021, arXiv 2107.07075).

    Raises `RequestError` where no classes are predicted.
    """
    if "classes" not in task.offers:
        raise RequestError("a curriculum ranks examples by the error of their class: this task predicts none")
    return (judge(batch.inputs).softmax(1) - task.target.matrix(batch.targets)).norm(dim=1)
