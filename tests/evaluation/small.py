"""A small exam and a small set."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.evaluation.exam import Exam
from condenset.learners.training import Training
from condenset.synthetic import SyntheticSet
from tests.examples import blobs, set_of

EXAM = Exam("small", 1, "a test", Training(epochs=5, batch=8, rate=0.1, drop_at=()), networks=("mlp:width=4,depth=1",))


def condensed(rates: torch.Tensor | None = None, soft: bool = False) -> SyntheticSet:
    real = blobs().train.sample(2, Rng(0))
    labels = blobs().target.matrix(real.targets) if soft else real.targets
    return set_of(real.inputs, labels, rates)
