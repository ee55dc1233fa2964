"""Two communities as a graph."""

from __future__ import annotations

import torch

from condenset.tasks.task import Task
from tests.tasks.graph import example as graph

NETWORK = "gcn:hidden=8"
LEARNERS = ("gcn:hidden=4", "gat:hidden=4", "sage:hidden=4", "logistic", "kernel", "spread-ridge")
EVERY_METHOD = True


def make(held_out: float = 0.0) -> Task:
    """Two communities with four training nodes each."""
    place = torch.arange(2 * graph.EACH) % graph.EACH
    masks = {"train_mask": place < 4, "val_mask": place == 4, "test_mask": place > 4}
    labels = (torch.arange(2 * graph.EACH) // graph.EACH).where(place < 5, int(held_out))
    return graph.graph_from_data(graph.data(**masks, y=labels))
