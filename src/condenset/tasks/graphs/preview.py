"""A picture of a few graphs: nodes coloured by what they are, laid out by the low eigenvectors of their Laplacian."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from condenset.core.batch import Batch
from condenset.core.graphs import Graphs
from condenset.tasks.preview import short, shown
from condenset.tasks.task import Task

_COLUMNS, _ROWS = 6, 4  # graphs drawn, at most
_SIDE = 1.7  # inches of one
_TITLE = 0.5
_STEPS = 60  # of the layout by springs
_NODES = 150  # of a graph that is drawn with its nodes as dots; larger ones show their edges alone
_FAINT = 0.05  # weight of an edge that is not drawn
_INK = "#334155"


def draw_preview(task: Task, batch: Batch, path: Path) -> None:
    """Draw up to 24 of the decoded graphs (n, ...), evenly spaced, with their class into a PNG file.

    A node has the colour of its largest feature, its tag; an edge is as dark as its weight.
    """
    part = shown(batch, _COLUMNS * _ROWS)
    graphs: Graphs = part.inputs
    columns = min(_COLUMNS, len(part))
    rows = -(-len(part) // columns)
    height = _SIDE * rows + _TITLE
    figure = Figure(figsize=(max(_SIDE * columns, 4), height), dpi=110)
    figure.subplots_adjust(0.01, 0.01, 0.99, 1 - _TITLE / height, wspace=0.05, hspace=0.2)
    cells = figure.subplots(rows, columns, squeeze=False).flatten()
    for axes in cells:
        axes.set_axis_off()
    for number, axes in zip(range(len(part)), cells, strict=False):
        name = short(task.groups.names[int(part.groups[number])], 18)
        _draw(axes, graphs.take(torch.tensor([number])), name)
    figure.suptitle(f"{task.name}: {len(part)} of {len(batch)} graphs", fontsize=9, parse_math=False)
    figure.savefig(path)


def _draw(axes: Axes, graph: Graphs, name: str) -> None:
    weights = np.zeros((len(graph.features), len(graph.features)))
    source, target = graph.edges.numpy()
    weights[source, target] = graph.weights.numpy()
    places = laid_out(weights)
    first, second = np.nonzero(np.triu(weights, 1) > _FAINT)
    shades = [(0.2, 0.25, 0.33, float(weight)) for weight in weights[first, second].clip(0, 1)]
    segments = np.stack([places[first], places[second]], 1)
    axes.add_collection(LineCollection(list(segments), linewidths=0.9, colors=shades, zorder=1))
    size = float(np.clip(900 / len(places), 3, 45))
    colours = matplotlib.colormaps["tab20"](graph.features.numpy().argmax(1) % 20)
    if len(places) <= _NODES:
        axes.scatter(places[:, 0], places[:, 1], s=size, c=colours, edgecolors=_INK, linewidths=0.3, zorder=2)
    axes.set_title(f"{name}: {len(places)} nodes, {len(first)} edges", fontsize=6, pad=2, parse_math=False)
    axes.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1))
    axes.set_aspect("equal")


def laid_out(weights: Float[np.ndarray, "nodes nodes"]) -> Float[np.ndarray, "nodes 2"]:
    """Places in [-1, 1]: low eigenvectors of the normalised Laplacian, then springs (Fruchterman & Reingold 1991)."""
    count = len(weights)
    angles = 2 * np.pi * np.arange(count) / count
    circle = np.stack([np.cos(angles), np.sin(angles)], 1)
    if count < 3:
        return circle * 0.5
    scale = 1 / np.sqrt(weights.sum(1) + 1e-3)
    laplacian = np.eye(count) - weights * scale[:, None] * scale
    vectors = np.linalg.eigh(laplacian)[1][:, 1:3] * scale[:, None]
    places = vectors / np.abs(vectors).max(0).clip(1e-9) + 0.05 * circle
    ideal = 1.5 / np.sqrt(count)
    for step in range(_STEPS):
        apart = places[:, None] - places[None]
        distance = np.sqrt((apart**2).sum(2)).clip(0.01)
        push = ideal**2 / distance**2 - weights * distance / ideal
        move = (apart * push[..., None]).sum(1) - 0.1 * places
        length = np.sqrt((move**2).sum(1, keepdims=True)).clip(1e-9)
        places = places + move / length * np.minimum(length, 0.15 * (1 - step / _STEPS))
    places = places - (places.max(0) + places.min(0)) / 2
    return np.asarray(places / np.abs(places).max().clip(1e-9))
