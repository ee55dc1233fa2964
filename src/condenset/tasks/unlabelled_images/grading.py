"""How a pre-trained network is graded where there are labels: by its predictions, and by what they tell of classes."""

from __future__ import annotations

import torch
from jaxtyping import Int
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.outcome import Outcome
from condenset.core.rng import Rng
from condenset.kernels.linear_probe import probed
from condenset.tasks.targets.target import Target
from condenset.tasks.targets.vectors import PROBE
from condenset.tasks.task import Model


def by_probe(model: Model, batch: Batch, target: Target, rng: Rng) -> Outcome:
    """The model's predictions (n, width), and a linear probe on them that is fitted on test examples and asked of
    others. Args: batch, whose groups are classes."""
    predictions = model(batch.inputs).float()
    order = torch.randperm(len(batch), generator=Rng(0).child("probe").torch())  # the same for every model
    right = probed(predictions, batch.groups, order)

    def grades(index: Int[Tensor, " chosen"]) -> dict[str, float]:
        own = index.to(predictions.device)
        probe = right[index.to(right.device)].mean().item()
        return target.grades(predictions[own], batch.targets[own]) | {PROBE.name: probe}

    return Outcome(len(batch), grades)
