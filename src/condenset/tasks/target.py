"""What is predicted: classes or a number; its loss, its metric, its groups and its matrix form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.float64 import float64


@dataclass(frozen=True)
class Classification:
    """One of several classes. Targets are (n,) int64 indices or (n, classes) soft labels.

    Attributes:
        classes: class names in the order of their indices.
    """

    classes: tuple[str, ...]
    kind: Literal["classification"] = "classification"
    metric: Literal["accuracy"] = "accuracy"
    higher_is_better: bool = True

    @property
    def outputs(self) -> int:
        """Number of network outputs."""
        return len(self.classes)

    @property
    def groups(self) -> int:
        """Number of groups that signals are matched in: the classes."""
        return len(self.classes)

    def loss(self, logits: Float[Tensor, "n classes"], targets: Tensor) -> Float[Tensor, " n"]:
        """Cross-entropy per example, (n,)."""
        return F.cross_entropy(logits, targets, reduction="none")

    def matrix(self, targets: Tensor) -> Float[Tensor, "n classes"]:
        """Targets as rows (n, classes): one-hot, or the soft labels themselves."""
        return targets if targets.is_floating_point() else F.one_hot(targets, self.outputs).float()

    def centred(self, targets: Tensor) -> Float[Tensor, "n classes"]:
        """Rows (n, classes) less 1/classes, so that an uninformed prediction is 0."""
        return self.matrix(targets) - 1 / self.outputs

    def group_of(self, targets: Tensor) -> Int[Tensor, " n"]:
        """The class of each example, (n,) int64; of soft labels (n, classes) the likeliest."""
        return targets.argmax(1) if targets.is_floating_point() else targets

    def score(self, predictions: Float[Tensor, "n classes"], targets: Tensor) -> float:
        """Accuracy in [0, 1]."""
        return float64(predictions.argmax(1) == self.group_of(targets)).mean().item()


@dataclass(frozen=True)
class Regression:
    """A number. Targets are (n, 1) float, standardised by the training data.

    Attributes:
        name: the target's name.
        mean, std: of the training targets, in the target's unit.
        edges: inner edges of the quantile bins that serve as groups, in standardised units.
    """

    name: str
    mean: float
    std: float
    edges: tuple[float, ...]
    kind: Literal["regression"] = "regression"
    metric: Literal["r2"] = "r2"
    higher_is_better: bool = True

    @property
    def outputs(self) -> int:
        """Number of network outputs."""
        return 1

    @property
    def groups(self) -> int:
        """Number of groups that signals are matched in: the bins of the target."""
        return len(self.edges) + 1

    def loss(self, logits: Float[Tensor, "n 1"], targets: Float[Tensor, "n 1"]) -> Float[Tensor, " n"]:
        """Squared error per example, (n,)."""
        return (logits - targets).square().sum(1)

    def matrix(self, targets: Float[Tensor, "n 1"]) -> Float[Tensor, "n 1"]:
        """Targets as rows (n, 1)."""
        return targets

    def centred(self, targets: Float[Tensor, "n 1"]) -> Float[Tensor, "n 1"]:
        """Targets as rows (n, 1); they are standardised, so the uninformed prediction is 0 already."""
        return targets

    def group_of(self, targets: Float[Tensor, "n 1"]) -> Int[Tensor, " n"]:
        """The bin of each example, (n,) int64."""
        return torch.bucketize(
            targets[:, 0].contiguous(), torch.tensor(self.edges, dtype=targets.dtype).to(targets.device)
        )

    def score(self, predictions: Float[Tensor, "n 1"], targets: Float[Tensor, "n 1"]) -> float:
        """Coefficient of determination R²; 1 is perfect, 0 is predicting the mean of the test targets."""
        residual = (predictions - targets).square().sum()
        return (1 - residual / (targets - targets.mean()).square().sum()).item()


Target = Classification | Regression
