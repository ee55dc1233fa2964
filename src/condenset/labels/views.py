"""What a teacher said of several augmented views of every item, stored with how each view was made (FKD, arXiv
2112.01528): a learner that makes the same views learns from them, any other from their mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.codecs.restoring import expect_tensor
from condenset.core.errors import ArtifactError
from condenset.labels.label import Labels
from condenset.learners.views import Views
from condenset.tasks.targets.target import Target

_CERTAIN = 16.0  # output of the class that the data name, where no teacher has said anything yet


class OfViews(Labels):
    """Stores said (items, views, outputs) float16, draws (items, views, numbers) float32 and the augmentation's words,
    UTF-8 bytes (length,) uint8."""

    said: Tensor
    draws: Tensor
    words: Tensor

    def __init__(self, views: Views, simplex: bool = True) -> None:
        """Args: views, of all items; simplex, whether labels are probabilities."""
        super().__init__()
        self._simplex = simplex
        self.register_buffer("said", views.said.half())
        self.register_buffer("draws", views.draws)
        self.register_buffer("words", torch.frombuffer(bytearray(views.made_by.encode() or b" "), dtype=torch.uint8))

    @property
    def views(self) -> Views:
        """What was said of each view, with the numbers by which it was made, as both are stored."""
        return Views(self.said, self.draws, _text(self.words))

    def forward(self) -> Float[Tensor, "items outputs"]:
        """The mean of the views' probabilities, or values."""
        said = self.said.float()
        return (said.softmax(2) if self._simplex else said).mean(1)

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """Tensors that all items share, by name: the words that say how views are made."""
        return ("words",)

    @staticmethod
    def item_bytes(target: Target) -> int:
        """Of one view that is not augmented, which is what an item begins with."""
        return 2 * target.outputs + 4

    @classmethod
    def encode(cls, targets: Tensor, target: Target) -> OfViews:
        """One view as it is, of which the start's class (items,) is certain, or whose value is the start's."""
        said = (_CERTAIN if target.simplex else 1.0) * target.matrix(targets)[:, None]
        return cls(Views(said, said.new_zeros(len(said), 1, 1), ""), target.simplex)

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> OfViews:
        """Rebuild from the tensors of these names. Raises `ArtifactError` where they are none such."""
        said, draws = (expect_tensor(tensors, name, 3) for name in ("said", "draws"))
        words = expect_tensor(tensors, "words", 1, floating=False)
        if said.shape[:2] != draws.shape[:2] or words.dtype != torch.uint8:
            kinds = f"outputs {tuple(said.shape)}, draws {tuple(draws.shape)}, words {words.dtype}"
            raise ArtifactError(f"labels of views do not fit each other: {kinds}; the set is altered")
        return cls(Views(said, draws, _text(words)), target.simplex)


def _text(words: Tensor) -> str:
    return bytes(words.tolist()).decode(errors="replace").strip()


LABEL = OfViews
