"""The picture of a graph set: its size, its colours, and what it draws of large, edgeless or real graphs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from matplotlib.colors import to_rgb
from PIL import Image

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes, features_only
from condenset.core.propagation import normalise_adjacency
from condenset.tasks.graph.preview import draw_preview
from tests.tasks.graph.example import task


def synthetic(edges: float, nodes: int = 16) -> Batch:
    """Nodes of two classes, with constant edge weights."""
    features = torch.randn(nodes, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()
    labels = torch.arange(nodes) % 2
    propagation = normalise_adjacency(edges * (torch.ones(nodes, nodes) - torch.eye(nodes)))
    return Batch(Nodes(features, propagation), labels, labels, torch.ones(nodes))


def pixels(batch: Batch, path: Path) -> np.ndarray:
    """The picture as (height, width, 3) in [0, 1]."""
    draw_preview(task(), batch, path)
    return np.asarray(Image.open(path).convert("RGB")) / 255


def area(picture: np.ndarray, colour: str) -> int:
    """Pixels in the left half of about that colour."""
    left = picture[:, : picture.shape[1] * 4 // 10]
    return int((np.abs(left - to_rgb(colour)).max(2) < 0.03).sum())


def test_both_classes_are_drawn_in_their_colours(tmp_path: Path) -> None:
    picture = pixels(synthetic(0.5), tmp_path / "a.png")
    assert picture.shape[0] >= 500
    assert picture.shape[1] >= 1000
    areas = [area(picture, colour) for colour in ("tab:blue", "tab:orange")]
    assert min(areas) > 300
    assert max(areas) < 1.5 * min(areas)


def test_edges_leave_ink(tmp_path: Path) -> None:
    with_edges, without = (pixels(synthetic(e), tmp_path / f"{e}.png") for e in (0.5, 0.0))
    ring = np.s_[150:450, 50:450]
    assert (with_edges[ring] < 0.95).sum() > 1.2 * (without[ring] < 0.95).sum()


def test_soft_labels_and_more_nodes_than_are_drawn(tmp_path: Path) -> None:
    features = torch.randn(400, 4, generator=torch.Generator().manual_seed(0))
    soft = torch.tensor([0.2, 0.8]).expand(400, 2)
    picture = pixels(Batch(features_only(features), soft, soft.argmax(1), torch.ones(400)), tmp_path / "b.png")
    assert area(picture, "tab:orange") > 300
    assert area(picture, "tab:blue") < 30


def test_the_real_sparse_graph_is_drawn_at_its_examples(tmp_path: Path) -> None:
    held_out = task().held_out()
    first_class = (held_out.targets == 0).float()
    batch = Batch(held_out.inputs, held_out.targets, held_out.groups, held_out.weight * first_class)
    picture = pixels(batch, tmp_path / "c.png")
    assert area(picture, "tab:blue") > 100
    assert area(picture, "tab:orange") < 30


def test_a_tensor_is_refused(tmp_path: Path) -> None:
    batch = Batch(torch.zeros(2, 4), torch.tensor([0, 1]), torch.tensor([0, 1]), torch.ones(2))
    with pytest.raises(RequestError, match="holds a tensor"):
        draw_preview(task(), batch, tmp_path / "d.png")
