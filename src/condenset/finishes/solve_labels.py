"""Labels in closed form: those from which kernel ridge regression on the set predicts the training labels best."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from condenset.core.float64 import brought, float64
from condenset.core.rng import Rng
from condenset.kernels.kernel import named_kernel
from condenset.kernels.ridge import regularised
from condenset.labels.soft import Soft
from condenset.synthetic import SyntheticSet
from condenset.tasks.task import Task

_PART = 2000  # training examples whose kernel rows are computed at a time


@dataclass(frozen=True)
class SolveLabels:
    """Label solve (Nguyen et al., Dataset Meta-Learning from Kernel Ridge Regression, ICLR 2021, arXiv 2011.00050).

    Minimises |K_ts (K_ss + r trace(K_ss)/n I)^-1 Y - Y_t|^2 over the centred labels Y (items, outputs) of the set,
    with all training examples as targets.

    Attributes:
        kernel: its name, with fields; None for the task's default.
        regulariser: r; None for the task's default.
    """

    kernel: str | None = None
    regulariser: float | None = None

    def __call__(self, task: Task, synthetic: SyntheticSet, rng: Rng) -> SyntheticSet:
        """The same examples with soft labels (items, outputs)."""
        kernel = named_kernel(self.kernel or task.modality.kernel)
        examples = synthetic.decode().detach()
        support = float64(examples.inputs)
        rows, targets = [], []
        for part in task.train.epoch(_PART, rng.child("epoch")):
            weight = float64(part.weight).sqrt()[:, None]
            rows.append(weight * kernel(float64(part.inputs), support))
            targets.append(weight * float64(task.target.centred(part.targets)))
        coefficients = torch.linalg.lstsq(torch.cat(rows), torch.cat(targets)).solution
        ridge = task.modality.regulariser if self.regulariser is None else self.regulariser
        solved = regularised(kernel(support, support), ridge) @ coefficients
        uncentred = brought(solved - task.target.centred(torch.zeros_like(solved)), examples.weight.device)
        return synthetic.replaced(labels=Soft(uncentred))


FINISH = SolveLabels()
