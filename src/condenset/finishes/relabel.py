"""Labels of teachers: what learners that were trained on the data say of every item, on average."""

from __future__ import annotations

from dataclasses import dataclass

from condenset.assets.teachers import TEACHING, believed, named_teachers, teachers
from condenset.core.rng import Rng
from condenset.labels.label import encoded_labels, label_bytes
from condenset.learners.training import Training
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Relabel:
    """Soft labels of real examples are worth more than the examples (Qin, Deng and Alvarez-Melis, A Label is Worth a
    Thousand Images in Dataset Distillation, NeurIPS 2024, arXiv 2406.10485).

    Attributes:
        teachers: learners by name; empty: those of the kind of data.
        training: of those that are networks.
        most: training examples that they learn from, random ones where there are more.
        labels: how they are stored, a kind of labels with fields: "soft", "byte-logits:bits=4".
    """

    teachers: tuple[str, ...] = ()
    training: Training = TEACHING
    most: int = 10_000
    labels: str = "soft"

    def label_bytes(self, task: Task) -> tuple[int, int]:
        """Of an item, and besides, as their kind prices them."""
        return label_bytes(self.labels, task.target)

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The same items with soft labels."""
        items = synthetic.decode().detach().inputs
        models = teachers(task, named_teachers(task, self.teachers), self.training, self.most)
        return synthetic.replaced(labels=encoded_labels(self.labels, believed(task, models, items), task.target))


FINISH = Relabel()
