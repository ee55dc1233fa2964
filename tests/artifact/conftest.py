"""A small image task, sets on it, and a saved one to damage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.artifact import save
from condenset.codecs.graph_nodes import GraphNodes
from condenset.codecs.raw import Raw
from condenset.codecs.table_row import TableRow
from condenset.core.rng import Rng
from condenset.labels.hard import Hard
from condenset.labels.soft import Soft
from condenset.synthetic import Contract, SyntheticSet
from condenset.tasks.image import images_from_arrays
from condenset.tasks.tabular import table_from_arrays
from condenset.tasks.task import Task

CLASSES = ("cat", "dog / ../wolf", "eel")
RECIPE = {"method": "dm", "size": {"per_class": 2}, "seed": 0, "steps": 5, "changes": {}}


def gcond_files(folder: Path, nodes: int, features: int = 16) -> Path:
    """As GCond writes them: the weights of a symmetric adjacency without self-loops, and features beside it."""
    random = np.random.default_rng(0)
    weights = np.triu(random.random((nodes, nodes)), 1).astype(np.float32)
    torch.save(torch.from_numpy(weights + weights.T), folder / "adj_x.pt")
    torch.save(torch.from_numpy(random.normal(size=(nodes, features)).astype(np.float32)), folder / "feat_x.pt")
    return folder


@pytest.fixture
def task() -> Task:
    numbers = np.random.default_rng(0)
    images = numbers.integers(0, 256, (30, 8, 8, 3), dtype=np.uint8)
    return images_from_arrays(images, np.arange(30) % 3, classes=CLASSES, name="made")


@pytest.fixture
def synthetic(task: Task) -> SyntheticSet:
    """Soft labels and a learnt rate, so that every tensor a set can have is there."""
    generator = Rng(1).torch()
    groups = torch.arange(3).repeat_interleave(2)
    images = torch.randn(6, *task.input_spec.shape, generator=generator)
    labels = torch.eye(3)[groups] + 0.1 * torch.randn(6, 3, generator=generator)
    contract = Contract("mtt2022", epochs=7, notes={"space": "normalised"})
    return SyntheticSet(Raw(images), Soft(labels), groups, contract, torch.tensor([0.0173]))


@pytest.fixture
def saved(synthetic: SyntheticSet, task: Task, tmp_path: Path) -> Path:
    return save(synthetic, task, tmp_path / "set", RECIPE)


@pytest.fixture
def table_task() -> Task:
    numbers = np.random.default_rng(0)
    frame = pd.DataFrame({"age": numbers.integers(18, 90, 60), "town": numbers.choice(["Bonn", "Köln"], 60)})
    return table_from_arrays(frame, numbers.choice(["no", "yes"], 60))


@pytest.fixture
def table_set(table_task: Task) -> SyntheticSet:
    batch = table_task.train.sample(3, Rng(2))
    return SyntheticSet(TableRow.encode(batch.inputs, table_task), Hard(batch.targets), batch.groups, Contract("fair"))


@pytest.fixture
def graph_set() -> SyntheticSet:
    adjacency = torch.tensor([[0, 0.5, 0], [0.5, 0, 0.25], [0, 0.25, 0]])
    labels = torch.tensor([1, 0, 1])
    return SyntheticSet(GraphNodes(torch.eye(3, 4), adjacency), Hard(labels), labels, Contract("gcond2022"))
