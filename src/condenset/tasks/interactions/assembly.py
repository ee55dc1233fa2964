"""From interactions to a task: a row of zeros and ones for every user, what is seen, and what is to be found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import torch
from jaxtyping import Bool, Float
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import DataError
from condenset.core.groups import Together
from condenset.core.process import half_of_memory
from condenset.core.registries import MODALITIES
from condenset.core.spec import Leaf
from condenset.tasks.footprint import Footprint, footprint, index_bytes, share
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.interactions.reading import PARTS, Log
from condenset.tasks.recognised import NO_VALIDATION, Recognised
from condenset.tasks.targets.ranking import Ranking
from condenset.tasks.task import Task

_COPIES = 3  # of the matrix as float32: what is trained on, the context of the test, and what is compared there


@dataclass(frozen=True)
class _Matrix:
    """Interactions as numbers. Users are those of any part, items likewise, both by name."""

    users: int
    items: tuple[str, ...]
    places: dict[str, tuple[np.ndarray, np.ndarray]]

    def taken(self, *parts: str) -> Bool[Tensor, "users items"]:
        """Who took what in any of some parts; what occurs twice counts once."""
        found = torch.zeros(self.users, len(self.items), dtype=torch.bool)
        for part in parts:
            user, item = self.places[part]
            found[torch.from_numpy(user), torch.from_numpy(item)] = True
        return found


def assemble(log: Log, few: int, split: str, source: dict[str, Any]) -> Task:
    """The task of interactions whose rows have a split.

    A user is trained on if there is a row for training. Validation shows a user's training items and asks for those of
    validation; the test shows both. An item that is shown and asked for can never be found, as in the released
    evaluations, and counts all the same.

    Args:
        few: users who were left out before.
        split: where the split is from, "given", "random" or "latest".
        source: JSON-able arguments that open the task again.

    Raises `DataError` where there is nothing to train on, one item only, or more users and items than memory holds.
    """
    matrix = _matrix(log)
    train = matrix.taken("train")
    trained = train.any(1)
    if not trained.any():
        raise DataError(f"{log.name} has no row of the split train: expected some for every user to learn from")
    rows = train[trained].float()
    chosen = _asked(train, matrix.taken("validation"))
    return Task(
        name=log.name,
        modality=MODALITIES.get("interactions"),
        input_spec=Leaf((len(matrix.items),)),
        target=Ranking(matrix.items),
        groups=Together(),
        train=InMemoryView(_batch(rows, rows), 1),
        held_out=partial(_held_out, matrix, log.name),
        validation=chosen if len(chosen) else None,
        preprocessing={"kind": "interactions", "split": split, "users": matrix.users, "users left out": few},
        fingerprint={"rows": len(rows), "sha256": log.sha256},
        source=source,
        footprint=_footprint(log, rows),
        recognised=_recognised(log, matrix, few, split),
    )


def _recognised(log: Log, matrix: _Matrix, few: int, split: str) -> Recognised:
    counts = {part: int((log.rows["split"] == part).sum()) for part in PARTS}
    way = {"given": "by the split of the data", "latest": "the latest of every user"}.get(split, "drawn of every user")
    left = f", {few} users left out, who took too few" if few else ""
    chosen = counts["validation"]
    return Recognised(
        target=Ranking(matrix.items).describe(),
        inputs=f"which items each of {matrix.users} users took, {counts['train']} in all{left}",
        test=f"{counts['test']} interactions, {way}",
        validation=f"{chosen} interactions, likewise" if chosen else NO_VALIDATION,
    )


def _footprint(log: Log, rows: Float[Tensor, "users items"]) -> Footprint:
    """A user costs the numbers of the items taken, or the share of the file where that is less."""
    files = share(log.files, int((log.rows["split"] == "train").sum()), len(log.rows))
    taken = math.ceil(rows.sum().item() / len(rows))
    return footprint(files, len(rows), taken * index_bytes(rows.shape[1]))


def _held_out(matrix: _Matrix, name: str) -> Batch:
    found = _asked(matrix.taken("train", "validation"), matrix.taken("test"))
    if not len(found):
        raise DataError(f"{name} has no row of the split test: expected some to grade by")
    return found


def _asked(seen: Bool[Tensor, "users items"], wanted: Bool[Tensor, "users items"]) -> Batch:
    """Those users of whom something is wanted."""
    some = wanted.any(1)
    return _batch(seen[some].float(), {"seen": seen[some], "wanted": wanted[some]})


def _batch(inputs: Float[Tensor, "n items"], targets: Any) -> Batch:
    return Batch(inputs, targets, torch.zeros(len(inputs), dtype=torch.int64), torch.ones(len(inputs)))


def _matrix(log: Log) -> _Matrix:
    users, user = np.unique(log.rows["user"].to_numpy(), return_inverse=True)
    items, item = np.unique(log.rows["item"].to_numpy(), return_inverse=True)
    if len(items) < 2:
        raise DataError(f"{log.name} has {len(items)} item: an order needs two or more")
    _refuse_larger_than_memory(log.name, len(users), len(items))
    places = {part: _where(log.rows, part, [user, item]) for part in PARTS}
    return _Matrix(len(users), tuple(map(str, items)), places)


def _where(rows: pd.DataFrame, part: str, numbers: Sequence[np.ndarray]) -> Any:
    chosen = (rows["split"] == part).to_numpy()
    return tuple(own[chosen] for own in numbers)


def _refuse_larger_than_memory(name: str, users: int, items: int) -> None:
    wanted = 4 * users * items * _COPIES
    if wanted > half_of_memory():
        raise DataError(
            f"{name} has {users:,} users and {items:,} items, whose rows of zeros and ones take about {wanted:,} bytes "
            f"of memory, more than half of what there is: leave out users and items with few interactions"
        )
