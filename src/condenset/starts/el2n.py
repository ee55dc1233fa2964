"""EL2N: per group by the length of the error vector early in training (Paul et al., NeurIPS 2021)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.starts.by_score import ByScore, errors, looked_at
from condenset.tasks.task import Task


def el2n(epochs: Iterator[Network], batch: Batch, task: Task) -> Float[Tensor, " examples"]:
    """|p - y| over the rows (examples, outputs) after the last epoch."""
    (last,) = deque(epochs, maxlen=1)
    return errors(looked_at(last, batch).logits, batch, task).norm(dim=1)


START = ByScore(el2n)
