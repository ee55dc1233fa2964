"""One of several classes."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from condenset.core.errors import RequestError
from condenset.core.float64 import float64
from condenset.core.indices import index_dtype
from condenset.core.metric import ACCURACY, BALANCED_ACCURACY, Metric
from condenset.core.spec import Leaf

_LEAST = 1e-6  # of a probability that a soft label is clamped to
_IMBALANCED = 0.1  # of the way from one over the classes to 1: a largest class above it, and accuracy says little
_ROUNDING = 1e-3  # by which probabilities may miss a sum of 1
_AUROC = Metric("auroc", bounds=(0.0, 1.0))
_SHOWN = 12  # class names in a caption


@dataclass(frozen=True)
class Classification:
    """One of several classes. Targets are (n,) int64 indices or (n, classes) soft labels.

    Attributes:
        classes: class names in the order of their indices.
        majority: share of the largest class in the training data; 0: not known.
    """

    classes: tuple[str, ...]
    majority: float = 0.0

    kind: ClassVar[str] = "classification"
    labels: ClassVar[tuple[str, ...]] = (
        "hard",
        "soft",
        "logits",
        "probabilities",
        "views",
        "byte-logits",
        "low-rank",
    )
    offers: ClassVar[frozenset[str]] = frozenset({"classes"})
    estimator: ClassVar[Literal["classifier", "regressor"]] = "classifier"
    uninformed: ClassVar[str] = "majority class"
    simplex: ClassVar[bool] = True

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Accuracy ranks, or balanced accuracy where always guessing the largest class would be right too often."""
        even = 1 / self.outputs
        first = (
            (BALANCED_ACCURACY, ACCURACY)
            if self.majority > even + _IMBALANCED * (1 - even)
            else (ACCURACY, BALANCED_ACCURACY)
        )
        return *first, _AUROC

    @property
    def output_spec(self) -> Leaf:
        """A score for every class."""
        return Leaf((len(self.classes),), meaning="scores")

    @property
    def outputs(self) -> int:
        """Number of classes."""
        return len(self.classes)

    @property
    def hard_bytes(self) -> int:
        """Of an index."""
        return index_dtype(self.outputs).itemsize

    def loss(self, outputs: Float[Tensor, "n classes"], targets: Tensor) -> Float[Tensor, " n"]:
        """Cross-entropy per example, (n,)."""
        return F.cross_entropy(outputs, targets, reduction="none")

    def matrix(self, targets: Tensor) -> Float[Tensor, "n classes"]:
        """Targets as rows (n, classes): one-hot, or the soft labels themselves."""
        return targets if targets.is_floating_point() else F.one_hot(targets, self.outputs).float()

    def centred(self, targets: Tensor) -> Float[Tensor, "n classes"]:
        """Rows (n, classes) less 1/classes, so that an uninformed prediction is 0."""
        return self.matrix(targets) - 1 / self.outputs

    def hard(self, targets: Tensor) -> Tensor:
        """The class of each example, (n,) int64; of soft labels (n, classes) the likeliest."""
        return targets.argmax(1) if targets.is_floating_point() else targets

    def is_soft(self, targets: Tensor) -> bool:
        """Whether targets are rows of numbers, (n, classes)."""
        return targets.is_floating_point()

    def probabilities(self, targets: Tensor) -> Tensor:
        """Soft labels (n, classes) clamped at 0 and normalised; class indices (n,) as they are."""
        if not self.is_soft(targets):
            return targets
        clamped = targets.clamp(min=_LEAST)
        return clamped / clamped.sum(1, keepdim=True)

    def believed(self, predictions: Float[Tensor, "n classes"], temperature: float = 1.0) -> Float[Tensor, "n classes"]:
        """Probabilities: as they are, or by a softmax of scores; those at another temperature by one of their logs."""
        likely = (predictions >= 0).all() and ((predictions.sum(1) - 1).abs() < _ROUNDING).all()
        scores = predictions.log() if likely else predictions
        return predictions if likely and temperature == 1.0 else (scores / temperature).softmax(1)

    def expect(self, targets: Tensor) -> None:
        """Raises `RequestError` for another shape, and for indices outside the classes."""
        if self.is_soft(targets):
            fits = targets.dim() == 2 and targets.shape[1] == self.outputs
        else:
            fits = targets.dim() == 1 and 0 <= int(targets.min()) <= int(targets.max()) < self.outputs
        if not fits:
            raise RequestError(f"labels are {tuple(targets.shape)} {targets.dtype}: {self.outputs} classes expected")

    def weighted(self, targets: Tensor) -> tuple[Tensor, Tensor, Float[Tensor, " m"]]:
        """A row for every example, (n,); of soft labels (n, classes) one for every class that has a weight above 0."""
        everyone = torch.arange(len(targets))
        if not self.is_soft(targets):
            return everyone, targets, torch.ones(len(targets), dtype=torch.float64)
        weights = targets.clamp(min=0).double().flatten()
        owners, classes = everyone.repeat_interleave(self.outputs), torch.arange(self.outputs).repeat(len(targets))
        kept = weights > _LEAST
        return owners[kept], classes[kept], weights[kept]

    def predictions(self, estimator: Any, rows: Any) -> Float[Tensor, "n classes"]:
        """Probabilities (n, classes); 0 for classes that the estimator has not met."""
        scores = torch.zeros(len(rows), self.outputs, dtype=torch.float64)
        met = torch.as_tensor(estimator.classes_.astype(int))
        scores[:, met] = torch.from_numpy(estimator.predict_proba(rows)).double()
        return scores.float()

    def grades(self, predictions: Float[Tensor, "n classes"], targets: Tensor) -> dict[str, float]:
        """Accuracy; the mean over classes of the share that is recognised; the mean over classes of the area under the
        ROC curve of one class against the others. All in [0, 1]."""
        from sklearn.metrics import balanced_accuracy_score

        guessed, right = predictions.argmax(1), self.hard(targets)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that a class is guessed which no test example has
            balanced = balanced_accuracy_score(right.cpu().numpy(), guessed.cpu().numpy())
        shares = {"accuracy": float64(guessed == right).mean().item(), "balanced accuracy": float(balanced)}
        return shares | {"auroc": _area(self.believed(predictions), right)}

    def describe(self) -> str:
        """Their number and names."""
        return f"{len(self.classes)} classes: {', '.join(self.classes)}"

    def content(self) -> str:
        """The first names."""
        more = len(self.classes) - _SHOWN
        return f"of the classes {', '.join(self.classes[:_SHOWN])}" + (f" and {more} more" if more > 0 else "")

    def arrays(self) -> Mapping[str, Any]:
        """Their names."""
        import numpy as np

        return {"classes": np.array(self.classes)}

    def columns(self, targets: Tensor) -> Mapping[str, Sequence[float]]:
        """ "soft_<class>" -> its values, of soft labels (n, classes); none of class indices."""
        if not self.is_soft(targets):
            return {}
        return {f"soft_{name}": column.tolist() for name, column in zip(self.classes, targets.T, strict=True)}


def majority(counts: Int[Tensor, " classes"]) -> float:
    """Share of the largest of some classes."""
    return float(counts.max() / counts.sum())


def _area(probabilities: Float[Tensor, "n classes"], right: Int[Tensor, " n"]) -> float:
    """Of the classes that some examples are of and others are not; 1/2, as of a guess, where there is none."""
    from scipy.stats import rankdata

    ranks = torch.from_numpy(rankdata(probabilities.detach().cpu().double().numpy(), axis=0))
    own = F.one_hot(right.cpu(), probabilities.shape[1]).double()
    many, others = own.sum(0), (1 - own).sum(0)
    told = (many > 0) & (others > 0)
    if not told.any():
        return 0.5
    below = (ranks * own).sum(0) - many * (many + 1) / 2
    return float((below[told] / (many * others)[told]).mean())


TARGET = Classification
