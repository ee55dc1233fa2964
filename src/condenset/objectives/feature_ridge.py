"""Ridge regression on the features of a network, the risk of FRePo and RFAD."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, concatenate
from condenset.core.execution import HERE, Execution
from condenset.core.rng import Rng
from condenset.kernels.calibration import best_scale
from condenset.kernels.random_features import feature_ridge_predict
from condenset.sources.source import Draw
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task


@dataclass(frozen=True)
class FeatureRidge:
    """Kernel ridge regression on the features (n, width) of the drawn network; no gradient passes to the network.

    The defaults are those of FRePo (Zhou et al., NeurIPS 2022, arXiv 2206.00719).

    Attributes:
        regulariser: times trace / items, on the diagonal.
        scale, bias: the kernel is scale * a b' / width + bias for features a, b (width,).
        calibrated: whether the loss is `calibrated_loss` instead of half the squared error against centred labels,
            summed over outputs.
        mirrored: whether the set is joined by its left-right mirror images.
    """

    second_order: ClassVar[bool] = False

    regulariser: float = 1e-6
    scale: float = 1.0
    bias: float = 0.0
    calibrated: bool = False
    mirrored: bool = False

    def loss(
        self, synthetic: SyntheticSet, real: Batch, draw: Draw, task: Task, rng: Rng, execution: Execution = HERE
    ) -> Float[Tensor, ""]:
        """Mean loss of the regression's predictions (n, outputs) on real examples, given as their `features`."""
        support = with_mirrored(synthetic.decode()) if self.mirrored else synthetic.decode()
        features = draw.network(support.inputs).embedding
        labels = task.target.centred(support.targets)
        predicted = feature_ridge_predict(real.inputs, features, labels, self.regulariser, self.scale, self.bias)
        return calibrated_loss(predicted, real, task) if self.calibrated else task.squared_loss(predicted, real)

    def features(self, real: Batch, draw: Draw) -> Batch:
        """Real examples with the drawn network's features (n, width) as inputs."""
        with torch.no_grad():
            features = torch.cat([output.embedding for output in draw.network.in_parts(real.inputs)])
        return replace(real, inputs=features)


def calibrated_loss(predicted: Float[Tensor, "n classes"], real: Batch, task: Task) -> Float[Tensor, ""]:
    """Mean cross-entropy of predictions times the factor that suits them best (RFAD and RCIG learn it by descent); of
    what are no classes, the task's loss of the predictions as they are."""
    if "classes" not in task.offers:
        return task.mean_loss(predicted, real)
    scale = best_scale(predicted, task.target.matrix(real.targets), real.weight)
    return task.mean_loss(scale * predicted, real)


def with_mirrored(batch: Batch) -> Batch:
    """Images (n, channels, height, width), and then their left-right mirror images."""
    return concatenate([batch, replace(batch, inputs=batch.inputs.flip(-1))])
