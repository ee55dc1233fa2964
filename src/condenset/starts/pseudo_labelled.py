"""A start on all that is there: what has no label gets the one that a model of the labelled examples gives it.

Self-training (Lee, Pseudo-Label, ICML 2013 workshop) in one round. In a graph whose nodes are mostly without a label,
a class is then all the nodes that seem to be of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from jaxtyping import Int
from torch import Tensor

from condenset.assets.pseudo_labels import pseudo_labels
from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.starts.node_means import NodeMeans
from condenset.starts.start import Start
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.task import Task


@dataclass(frozen=True)
class PseudoLabelled:
    """Call it for a batch with hard labels.

    Attributes:
        start: that sees the data so.
        teacher: a learner by name.
    """

    start: Start = field(default_factory=NodeMeans)
    teacher: str = "spread-ridge"

    def __call__(self, task: Task, counts: Int[Tensor, " groups"], rng: Rng) -> Batch:
        """`counts[g]` examples of what is or seems to be of class g."""
        data = self._labelled(task, rng)
        return self.start(task.learning_from(data, data.batch.groups, data.batch.weight), counts, rng)

    def _labelled(self, task: Task, rng: Rng) -> InMemoryView:
        """All that is there as examples, but for what says nothing: vectors of zeros, as of a node without words whose
        neighbours have none either."""
        batch = task.train.all()
        classes = pseudo_labels(batch, task, self.teacher, rng.child("teacher"))
        told = task.modality.represent(batch.inputs).count_nonzero(1) > 0
        weight = ((batch.weight > 0) | told).float()
        return InMemoryView(Batch(batch.inputs, classes, classes, weight), task.train.groups)
