"""Forgetting: per group the examples that networks unlearn most often in training (Toneva et al., ICLR 2019)."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.nets.network import Network
from condenset.starts.by_score import ByScore, looked_at
from condenset.tasks.task import Task


def forgetting(epochs: Iterator[Network], batch: Batch, task: Task) -> Float[Tensor, " examples"]:
    """Forgetting events of every example, (examples,); a number is right where it falls into the bin of its target."""
    learnt = [task.groups.of(looked_at(network, batch).logits) == batch.groups for network in epochs]
    return events(torch.stack(learnt))


def events(learnt: Bool[Tensor, "epochs n"]) -> Float[Tensor, " n"]:
    """How often an example was right after one epoch and wrong after the next; all epochs where it never was right."""
    forgotten = (learnt[:-1] & ~learnt[1:]).sum(0)
    return forgotten.where(learnt.any(0), len(learnt)).float()


START = ByScore(forgetting, epochs=60, hardest_from=0.0)  # after ten some had never been right, which counts as most
