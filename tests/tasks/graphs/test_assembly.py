"""The task of graphs: a stratified split that the seed decides, and what it refuses."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import torch

from condenset.core.batch import Batch
from condenset.core.errors import DataError, RequestError
from condenset.tasks.graphs.assembly import assemble
from condenset.tasks.graphs.raw import tidied
from condenset.tasks.labelled.assembly import Asked
from condenset.tasks.task import Task
from tests.core.test_graphs import dense
from tests.tasks.graphs import example

DATA = tidied(example.raw(200))


def listed(task: Task) -> tuple[list[tuple], list[Batch]]:
    """All graphs of a task, sorted, and its parts."""
    parts = [task.train.all(), task.validation, task.held_out()]
    pairs = [pair for part in parts for pair in dense(part.inputs)]
    return sorted((tuple(f.argmax(1).tolist()), tuple(m.flatten().tolist())) for f, m in pairs), parts


def test_parts_share_classes_alike_and_no_graph() -> None:
    (one, parts), (other, _) = (listed(assemble(DATA, Asked(seed, 0.1, {}))) for seed in (0, 1))
    assert [torch.bincount(part.targets).tolist() for part in parts] == [[80, 80], [10, 10], [10, 10]]
    assert one == other and len(one) == 200


def test_the_seed_decides_the_split_and_the_fingerprint() -> None:
    one, again, other = (assemble(DATA, Asked(seed, 0.1, {})) for seed in (0, 0, 1))
    assert one.fingerprint == again.fingerprint != other.fingerprint
    assert "drawn with seed 1" in other.recognised.test


def test_small_classes_impossible_shares_and_one_class_are_refused() -> None:
    rare = replace(DATA, labels=pd.Series(["rare"] * 2 + ["often"] * 198, name="label"))
    with pytest.raises(DataError, match="class 'rare' has 2 graphs"):
        assemble(rare, Asked(0, 0.1, {}))
    with pytest.raises(RequestError, match=r"--test-fraction 0\.5 is impossible"):
        assemble(DATA, Asked(0, 0.5, {}))
    with pytest.raises(DataError, match="constant"):
        assemble(replace(DATA, labels=pd.Series(["a"] * 200, name="label")), Asked(0, 0.1, {}))
