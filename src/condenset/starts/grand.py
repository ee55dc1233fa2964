"""GraNd: per group by the length of the loss's gradient early in training (Paul et al., NeurIPS 2021)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.starts.by_score import ByScore, errors, looked_at
from condenset.tasks.task import Task


def grand(epochs: Iterator[Network], batch: Batch, task: Task) -> Float[Tensor, " examples"]:
    """The norm of the gradient in the last layer's weights and biases after the last epoch.

    That gradient is the outer product of the error vector and of (embedding, 1), so no example needs a pass of its own.
    """
    (last,) = deque(epochs, maxlen=1)
    output = looked_at(last, batch)
    return errors(output.logits, batch, task).norm(dim=1) * (output.embedding.square().sum(1) + 1).sqrt()


START = ByScore(grand)
