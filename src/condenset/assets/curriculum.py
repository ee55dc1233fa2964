"""Which part of an epoch's examples experts learn from, by difficulty (Li et al., Prioritize Alignment in Dataset
Distillation, arXiv 2408.03360; Zhang et al., GEOM, ICML 2024, arXiv 2402.05011): at first not the hardest, in the end
not the easiest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from condenset.assets.pseudo_labels import pseudo_labels
from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes
from condenset.core.rng import Rng
from condenset.learners.learner import Model
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Curriculum:
    """Shares of an epoch's examples; epochs count from 0.

    Attributes:
        easiest: share that the first epoch uses.
        whole_from: epoch from which the hardest are used as well; the share grows linearly up to there.
        left_out: (epoch, share) pairs in ascending order: from that epoch on the easiest share is left out.
        hard: what makes an example hard: the "error" of a network, see `difficulty`, or what its "neighbours" in the
            graph are, see `neighbour_entropy`.
    """

    easiest: float = 0.75
    whole_from: int = 20
    left_out: tuple[tuple[int, float], ...] = ((40, 0.1), (60, 0.2))
    hard: Literal["error", "neighbours"] = "error"

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


def neighbour_entropy(batch: Batch, task: Task, rng: Rng) -> Float[Tensor, " nodes"]:
    """The entropy of the classes of every node (nodes,) and its neighbours, 0 where all are of one (GEOM).

    A class is that of a training label or a guess from these, see `pseudo_labels`: labels of validation and test nodes
    are not there to be read. (The released code counts the true labels of all neighbours, those of test nodes among
    them.) Raises `RequestError` for what is no graph.
    """
    graph: Nodes = Nodes.expected(batch.inputs, "a curriculum by neighbours")
    classes = pseudo_labels(batch, task, "spread-ridge", rng)
    shares = graph.averaged(task.target.matrix(classes).to(graph.features))
    entropy: Tensor = torch.special.entr(shares).sum(1)
    return entropy
