"""The picture of a set of graphs, and where it puts nodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from condenset.tasks.graphs.preview import draw_preview, laid_out
from tests.tasks.graphs import example


def test_more_graphs_take_more_rows(tmp_path: Path) -> None:
    task = example.task()
    for count in (2, 8):
        draw_preview(task, task.train.select(torch.arange(count)), tmp_path / f"{count}.png")
    few, many = (np.asarray(Image.open(tmp_path / f"{count}.png").convert("L")).astype(int) for count in (2, 8))
    assert many.shape[0] > few.shape[0] + 100 and 0.005 < (many < 200).mean() < 0.5


def test_neighbours_lie_closer_than_others_and_no_two_nodes_in_one_place() -> None:
    ring = np.zeros((8, 8))
    for node in range(8):
        ring[node, (node + 1) % 8] = ring[(node + 1) % 8, node] = 1.0
    places = laid_out(ring)
    distance = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert distance[ring > 0].mean() < 0.6 * distance[(ring == 0) & ~np.eye(8, dtype=bool)].mean()
    assert distance[~np.eye(8, dtype=bool)].min() > 0.1 and np.abs(places).max() <= 1
    for weights in (np.zeros((1, 1)), np.zeros((2, 2)), np.zeros((5, 5))):
        alone = laid_out(weights)
        assert np.isfinite(alone).all() and len(np.unique(alone.round(3), axis=0)) == len(weights)
