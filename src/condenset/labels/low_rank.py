"""Learnt soft labels of few numbers: what an item's class gives it, and for the rest a product of two thin matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int16
from torch import Tensor, nn

from condenset.codecs.restoring import expect_tensor
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.float64 import float64
from condenset.core.rng import Rng
from condenset.labels.label import Labels
from condenset.labels.logits import Logits
from condenset.tasks.targets.target import Target

_NOTHING = 1e-6  # times the greatest: singular values below it say nothing


class LowRank(Labels):
    """Logits are strength * one-hot(class) + left @ right: the labels of Xu et al. (Low-Rank Similarity Mining for
    Multimodal Dataset Distillation, ICML 2024, arXiv 2406.03793), whose diagonal is here where an item's class is.

    Stores classes (items,) int16 and, float32, strengths (items,), left (items, rank) and right (rank, classes), which
    all items share: of many classes a small part of what rows take.
    """

    classes: Tensor

    def __init__(
        self,
        classes: Int16[Tensor, " items"],
        strengths: Float[Tensor, " items"],
        left: Float[Tensor, "items rank"],
        right: Float[Tensor, "rank classes"],
    ) -> None:
        """Args: see above."""
        super().__init__()
        self.register_buffer("classes", classes.detach().clone())
        self.strengths, self.left, self.right = (
            nn.Parameter(part.detach().clone().float()) for part in (strengths, left, right)
        )

    def forward(self) -> Float[Tensor, "items classes"]:
        """Probabilities (items, classes)."""
        own = torch.nn.functional.one_hot(self.classes.long(), self.right.shape[1])
        return (self.strengths[:, None] * own + self.left @ self.right).softmax(1)

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """What the numbers of a row are shares of."""
        return ("right",)

    @staticmethod
    def item_bytes(target: Target, rank: int = 2) -> int:
        """Of class, strength and a row of `rank` numbers."""
        return 2 + 4 + 4 * rank

    @staticmethod
    def shared_bytes(target: Target, rank: int = 2) -> int:
        """Bytes of what all items share: the basis (rank, outputs) of float32 that decodes them."""
        return 4 * rank * target.outputs

    @classmethod
    def encode(cls, targets: Tensor, target: Target, rank: int = 2) -> LowRank:
        """The start's probabilities as near as the rank allows; hard labels leave every class a chance.

        Raises `RequestError` for targets that are no classes and for a rank that is not between 1 and their number.
        """
        if not target.simplex or not 1 <= rank <= target.outputs:
            raise RequestError(f"low-rank labels are of classes, of rank 1 to their number: got rank {rank}")
        logits = Logits.encode(targets, target).values.detach()
        classes = logits.argmax(1, keepdim=True)
        others = (logits.sum(1, keepdim=True) - logits.gather(1, classes)) / (logits.shape[1] - 1)
        strengths = logits.gather(1, classes) - others
        rest = logits - others - torch.zeros_like(logits).scatter(1, classes, strengths)
        left, right = _factors(rest, rank)
        return cls(classes.flatten().to(torch.int16), strengths.flatten(), left, right)

    @classmethod
    def restore(cls, tensors: Mapping[str, Tensor], target: Target) -> LowRank:
        """Rebuild from "classes", "strengths", "left" and "right". Raises `ArtifactError` where they do not fit."""
        classes, right = expect_tensor(tensors, "classes", 1, floating=False), expect_tensor(tensors, "right", 2)
        strengths, left = expect_tensor(tensors, "strengths", 1), expect_tensor(tensors, "left", 2)
        shapes = len(strengths), tuple(left.shape), tuple(right.shape)
        if shapes != (len(classes), (len(classes), len(right)), (len(right), target.outputs)):
            raise ArtifactError(f"labels of {len(classes)} items and {target.outputs} classes are {shapes}")
        if classes.dtype != torch.int16 or int(classes.min()) < 0 or int(classes.max()) >= target.outputs:
            raise ArtifactError(f"labels 'classes' are {classes.dtype}: expected int16 below {target.outputs}")
        return cls(classes, strengths, left, right)


def _factors(
    rest: Float[Tensor, "items classes"], rank: int
) -> tuple[Float[Tensor, "items rank"], Float[Tensor, "rank classes"]]:
    """Of the best approximation of a rank; where nothing is left to approximate, random numbers times zeros, which a
    step of descent moves from there."""
    scale = len(rest) ** 0.5
    left, strengths, right = torch.linalg.svd(float64(rest), full_matrices=False)
    factors = torch.randn(len(rest), rank, generator=Rng(0).child("low-rank").torch()).to(rest)
    shares = torch.zeros(rank, rest.shape[1]).to(rest)
    told = int((strengths[:rank] > _NOTHING * max(1.0, float(strengths[0]))).sum())
    factors[:, :told] = (left[:, :told] * scale).to(rest)
    shares[:told] = (strengths[:told, None] * right[:told] / scale).to(rest)
    return factors, shares


LABEL = LowRank
