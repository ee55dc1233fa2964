"""Labels of a trained network for several augmented views of every item, stored with how each was made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from condenset.assets.asset import AssetStore
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.labels.views import OfViews
from condenset.learners.views import described, replayable, viewed
from condenset.sources.pretrained import Pretrained
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Augmentation, Task


@dataclass(frozen=True)
class LabelViews:
    """A pool of labels, from which a learner takes a random one at every step (Xiao and He, LPLD, NeurIPS 2024, arXiv
    2410.15919).

    Attributes:
        source: the trained network, the first of its networks.
        network: its architecture, None for the task's default.
        views: of every item.
        augmentation: fields in which the views' augmentation differs from the task's, as (name, value).
    """

    source: Pretrained = field(default_factory=Pretrained)
    network: str | None = None
    views: int = 10
    augmentation: tuple[tuple[str, Any], ...] = (("mode", "each"),)

    def stores(self, task: Task) -> Sequence[AssetStore]:
        """Where the teacher is kept."""
        return (self.source.store(task, self.network),)

    def label_bytes(self, task: Task) -> tuple[int, int]:
        """Of all views of an item, and of the augmentation's words."""
        augmentation = replayable(self._augmentation(task))
        numbers = augmentation.rows(augmentation.draw(1, Rng(0))).shape[1]
        return self.views * (2 * task.target.outputs + 4 * numbers), len(described(augmentation).encode())

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The same items, labelled. Raises `RequestError` where an item is several examples."""
        batch, teacher = synthetic.decode().detach(), self.source.trained(task, self.network)
        if len(batch) != len(synthetic):
            raise RequestError(
                f"{len(synthetic)} items decode to {len(batch)} images, and views are labelled of items: use the codec "
                "raw, or an exam whose teacher labels what is read"
            )
        augmentation = self._augmentation(task)
        views = viewed(batch, task, teacher, augmentation, self.views, rng)
        return synthetic.replaced(labels=OfViews(views, task.target.simplex))

    def _augmentation(self, task: Task) -> Augmentation:
        return task.augmentation.changed(**dict(self.augmentation))


FINISH = LabelViews()
