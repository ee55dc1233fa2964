"""ROCKET: ridge regression on the features of random convolutions, its strength by leave-one-out in closed form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch, Inputs
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.core.spec import meanings
from condenset.kernels.random_convolutions import convolution_features, random_filters
from condenset.learners.learner import Model, with_fields
from condenset.nets.series_blocks import read
from condenset.tasks.task import Task

_STRENGTHS = np.logspace(-3, 3, 10)
_PART = 256  # series that are convolved at a time


@dataclass(frozen=True)
class Rocket:
    """Dempster, Petitjean & Webb (2020, arXiv 1910.13051), with fewer filters; scikit-learn's ridge regression.

    Attributes:
        filters: random ones, drawn anew for every fit; each gives two features.
    """

    most: ClassVar[int | None] = None
    reads: ClassVar[frozenset[str]] = frozenset({"series", "ragged"})  # meanings of leaves, as of architectures

    filters: int = 1000

    def __post_init__(self) -> None:
        """Raises `RequestError` for no filter."""
        if self.filters < 1:
            raise RequestError(f"learner 'rocket' has filters={self.filters}: expected 1 or more")

    def fit(self, train: Batch, task: Task, rng: Rng) -> Model:
        """A model (n, channels, time) -> (n, outputs). Raises `RequestError` for what are no series."""
        from sklearn.linear_model import RidgeCV
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        if not meanings(task.input_spec) <= self.reads:
            raise RequestError(f"learner 'rocket' reads series and {task.name} has none: choose another")
        channels, steps = task.input_spec.shape
        filters = random_filters(channels, steps, self.filters, rng.child("filters"))

        def features(inputs: Inputs) -> Float[np.ndarray, "n features"]:
            values, there = (part.detach().cpu() for part in read(inputs))
            parts = zip(values.split(_PART), there.split(_PART), strict=True)
            return torch.cat([convolution_features(filters, *part) for part in parts]).double().numpy()

        chosen = train.detach().to("cpu").select((train.weight.cpu() > 0).nonzero().flatten())
        regression = make_pipeline(StandardScaler(), RidgeCV(alphas=_STRENGTHS))
        weight = {"ridgecv__sample_weight": chosen.weight.double().numpy()}
        regression.fit(features(chosen.inputs), task.target.centred(chosen.targets).double().numpy(), **weight)

        def predict(inputs: Inputs) -> Float[Tensor, "n outputs"]:
            found = torch.from_numpy(regression.predict(features(inputs)))
            return found.float().view(len(found), -1).to(task.device)

        return predict


LEARNER = with_fields("rocket", Rocket)
