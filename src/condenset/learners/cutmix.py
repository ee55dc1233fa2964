"""CutMix: a rectangle of another image is pasted into every image, and labels are mixed by area."""

from __future__ import annotations

from dataclasses import replace

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.tasks.task import Task


def cutmix(batch: Batch, task: Task) -> Batch:
    """Images (n, channels, height, width) each with a rectangle of the one before it, their labels rows that mix both.

    One rectangle of an area uniform in [0, 1] serves the batch, which comes shuffled; it is drawn from PyTorch's own
    generator (Yun et al., ICCV 2019, arXiv 1905.04899). Raises `RequestError` for what are no images of classes.
    """
    from torchvision.transforms import v2

    if not {"grid", "classes"} <= task.offers:
        raise RequestError(f"CutMix pastes parts of images into images of other classes: {task.name} has none")
    inputs, targets = v2.CutMix()(batch.inputs, task.target.matrix(batch.targets))
    return replace(batch, inputs=inputs, targets=targets)
