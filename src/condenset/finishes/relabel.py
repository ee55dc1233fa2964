"""Labels of teachers: what learners that were trained on the data say of every item, on average."""

from __future__ import annotations

from dataclasses import dataclass, field

from condenset.assets.teachers import Teachers
from condenset.core.rng import Rng
from condenset.labels.label import encoded_labels, label_bytes
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Relabel:
    """Soft labels of real examples are worth more than the examples (Qin, Deng and Alvarez-Melis, A Label is Worth a
    Thousand Images in Dataset Distillation, NeurIPS 2024, arXiv 2406.10485).

    Attributes:
        teachers: whose labels they are.
        labels: how they are stored, a kind of labels with fields: "soft", "byte-logits:bits=4".
    """

    teachers: Teachers = field(default_factory=Teachers)
    labels: str = "soft"

    def label_bytes(self, task: Task) -> tuple[int, int]:
        """Of an item, and besides, as their kind prices them."""
        return label_bytes(self.labels, task.target)

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The same items with soft labels."""
        items = synthetic.decode().detach().inputs
        return synthetic.replaced(labels=encoded_labels(self.labels, self.teachers.believed(task, items), task.target))


FINISH = Relabel()
