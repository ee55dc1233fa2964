"""Any small task in memory as the same task on disk."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from condenset.core.batch import Batch
from condenset.core.rng import Rng
from condenset.tasks.store import Records, arranged, kept_store, write_records
from condenset.tasks.streamed import StreamedView
from condenset.tasks.task import Task


def stored(batch: Batch, groups: int, scale: float = 1.0) -> StreamedView:
    """The examples of a batch on disk, in the cache folder."""
    inputs, targets = batch.inputs.numpy(), batch.targets.numpy()
    fields = [("inputs", inputs.dtype, inputs.shape[1:]), ("target", targets.dtype, targets.shape[1:])]
    records = np.empty(len(batch), np.dtype([*fields, ("row", np.int64)]))
    records["inputs"], records["target"], records["row"] = inputs, targets, np.arange(len(batch))

    def make(folder: Path) -> dict[str, Any]:
        write_records(folder, records.dtype, arranged(batch.groups.numpy(), Rng(0)), [records])
        return {}

    def batch_of(found: Records) -> Batch:
        rows = torch.from_numpy(found["row"].copy())
        return Batch(
            torch.from_numpy(found["inputs"].copy()),
            torch.from_numpy(found["target"].copy()),
            batch.groups[rows],
            torch.ones(len(found)),
        )

    counts = torch.bincount(batch.groups, minlength=groups)
    return StreamedView(kept_store(f"{id(batch)}", make), counts, scale, batch_of)


def on_disk(task: Task) -> Task:
    """The task with its training data on disk."""
    view = stored(task.train.batch, len(task.groups), task.train.scale())
    return replace(task, train=view)
