"""What a target is: its outputs, loss, matrix form and metrics, and how labels of it are read and kept."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

from jaxtyping import Float
from torch import Tensor

from condenset.core.metric import Metric
from condenset.core.spec import Leaf


@runtime_checkable
class Target(Hashable, Protocol):
    """A frozen dataclass, hashable, whose fields are plain values: the card keeps them. Files end in `TARGET = it`.

    Attributes:
        kind: its registered name.
        labels: kinds of labels that it allows.
        offers: what methods may need of it ("classes").
        estimator: which of scikit-learn's estimators learn it.
        uninformed: what the mean of the training targets predicts, in a word: "majority class".
        simplex: whether soft labels are probabilities.
    """

    kind: ClassVar[str]
    labels: ClassVar[tuple[str, ...]]
    offers: ClassVar[frozenset[str]]
    estimator: ClassVar[Literal["classifier", "regressor"]]
    uninformed: ClassVar[str]
    simplex: ClassVar[bool]

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What models are graded by; the first ranks."""

    @property
    def output_spec(self) -> Leaf:
        """What a network puts out for one example."""

    @property
    def outputs(self) -> int:
        """Numbers that a network puts out for one example."""

    @property
    def hard_bytes(self) -> int:
        """Bytes of one hard label."""

    def loss(self, outputs: Float[Tensor, "n outputs"], targets: Tensor) -> Float[Tensor, " n"]:
        """Loss per example, (n,)."""

    def matrix(self, targets: Tensor) -> Float[Tensor, "n outputs"]:
        """Targets as rows (n, outputs), the form of soft labels and of ridge regression."""

    def centred(self, targets: Tensor) -> Float[Tensor, "n outputs"]:
        """Rows (n, outputs) less the uninformed prediction."""

    def hard(self, targets: Tensor) -> Tensor:
        """Hard labels of targets, (n, ...); what is hard already as it is."""

    def is_soft(self, targets: Tensor) -> bool:
        """Whether targets (n, ...) are soft labels where hard ones would be of another form."""

    def probabilities(self, targets: Tensor) -> Tensor:
        """Soft labels (n, outputs) as such of no negative entry that sum to 1; targets that are none as they are."""

    def believed(self, predictions: Float[Tensor, "n outputs"], temperature: float = 1.0) -> Float[Tensor, "n outputs"]:
        """What a model says of examples, as soft labels of them. Args: temperature, below 1 sharpens them."""

    def expect(self, targets: Tensor) -> None:
        """Raises `RequestError` where targets (n, ...) are none of its own."""

    def weighted(self, targets: Tensor) -> tuple[Tensor, Tensor, Float[Tensor, " m"]]:
        """Targets (n, ...) as estimators learn them: the example of each of m rows, its hard label, its weight."""

    def predictions(self, estimator: Any, rows: Any) -> Float[Tensor, "n outputs"]:
        """What a fitted estimator says of rows (n, width) of features."""

    def grades(self, predictions: Float[Tensor, "n outputs"], targets: Tensor) -> dict[str, float]:
        """Every metric of predictions for targets (n, ...)."""

    def describe(self) -> str:
        """A line of the card: "10 classes: ..."."""

    def content(self) -> str:
        """What examples of it show, in words: "of the classes ..."."""

    def arrays(self) -> Mapping[str, Any]:
        """What its labels mean, as arrays by name, for tools that are given arrays alone."""

    def columns(self, targets: Tensor) -> Mapping[str, Sequence[float]]:
        """Soft labels (n, outputs) as named columns; none where labels are hard."""


def metric_named(target: Target, name: str) -> Metric:
    """The target's metric of a name. Raises `UnknownNameError` where it has none such."""
    from condenset.core.errors import UnknownNameError

    metrics = {metric.name: metric for metric in target.metrics}
    if name not in metrics:
        raise UnknownNameError("metric", name, metrics)
    return metrics[name]
