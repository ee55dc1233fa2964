"""A picture of a small graph: its nodes on a circle with their edges, beside their features."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.nodes import Nodes
from condenset.tasks.preview import evenly
from condenset.tasks.task import Task

_NODES = 300  # drawn at most, evenly chosen
_EDGES_PER_NODE = 4  # drawn at most on average, the strongest
_FEATURES = 60  # columns drawn at most, those that differ most between classes
_LEGEND = 12  # classes named at most


def draw_preview(task: Task, batch: Batch, path: Path) -> None:
    """Draw the examples of a graph batch, features (nodes, features), into a PNG file.

    Left: nodes on a circle, ordered and coloured by class, with the strongest edges as wide as their propagation
    weight. Right: the features that differ most between the classes, nodes in the same order.
    Raises `RequestError` for a batch that is no graph.
    """
    if not isinstance(batch.inputs, Nodes):
        raise RequestError("the preview of a graph task draws graphs, and this batch holds a tensor")
    groups = task.groups.of(batch.targets.detach().cpu())
    chosen = batch.examples().cpu()
    chosen = chosen[evenly(len(chosen), _NODES)]
    chosen = chosen[groups[chosen].argsort(stable=True)]
    graph = _constant(batch.inputs).take(chosen)
    labels = groups[chosen].numpy()
    names = task.groups.names
    figure = Figure(figsize=(12, 5.4), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
    _draw_nodes(left, graph.propagation.numpy(), labels, names)
    _draw_features(right, graph.features.numpy(), labels, names)
    figure.suptitle(f"{task.name}: {len(chosen)} of {len(batch.examples())} nodes, {len(np.unique(labels))} classes")
    figure.savefig(path, dpi=110)


def _constant(graph: Nodes) -> Nodes:
    return Nodes(graph.features.detach().cpu(), graph.propagation.detach().cpu())


def _colours(classes: int) -> list[str]:
    if classes <= 10:
        return [to_hex(matplotlib.colormaps["tab10"](c)) for c in range(classes)]
    return [to_hex(matplotlib.colormaps["gist_rainbow"](c / classes)) for c in range(classes)]


def _draw_nodes(axes: Axes, propagation: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> None:
    """Nodes on a circle and their strongest edges."""
    angles = 2 * np.pi * np.arange(len(labels)) / len(labels)
    places = np.stack([np.cos(angles), np.sin(angles)], 1)
    rows, columns = np.triu_indices(len(labels), k=1)
    weights = propagation[rows, columns]
    strongest = np.argsort(-weights)[: _EDGES_PER_NODE * len(labels)]
    strongest = strongest[weights[strongest] > 0]
    if len(strongest):
        relative = weights[strongest] / weights.max()
        segments = np.stack([places[rows[strongest]], places[columns[strongest]]], 1)
        shade = [(0.25, 0.25, 0.25, 0.15 + 0.6 * r) for r in relative]
        axes.add_collection(LineCollection(list(segments), linewidths=0.3 + 1.7 * relative, colors=shade, zorder=1))
    colours = _colours(len(names))
    size = float(np.clip(4000 / len(labels), 12, 90))
    shades = [colours[label] for label in labels]
    axes.scatter(places[:, 0], places[:, 1], s=size, c=shades, edgecolors="white", linewidths=0.6, zorder=2)
    present = np.unique(labels)[:_LEGEND]
    marks = [Line2D([], [], marker="o", linestyle="", color=colours[label], label=names[label]) for label in present]
    axes.legend(handles=marks, loc="upper center", bbox_to_anchor=(0.5, 0.0), ncol=3, fontsize=8, frameon=False)
    total = int((weights > 0).sum())
    axes.set_title(f"edges: the {len(strongest)} strongest of {total}" if total else "no edges")
    axes.set_aspect("equal")
    axes.set_axis_off()


def _draw_features(axes: Axes, features: np.ndarray, labels: np.ndarray, names: tuple[str, ...]) -> None:
    """The features that differ most between class means, ordered by the class where they peak."""
    present = np.unique(labels)
    means = np.stack([features[labels == label].mean(0) for label in present])
    spread = means.std(0) if len(present) > 1 else features.std(0)
    columns = np.argsort(-spread, kind="stable")[:_FEATURES]
    columns = columns[np.argsort(means[:, columns].argmax(0), kind="stable")]
    shown = features[:, columns]
    limit = float(np.quantile(np.abs(shown), 0.995)) or 1.0
    image = axes.imshow(shown, aspect="auto", cmap="RdBu_r", vmin=-limit, vmax=limit, interpolation="nearest")
    starts = np.searchsorted(labels, present)
    ends = np.append(starts[1:], len(labels))
    for start in starts[1:]:
        axes.axhline(start - 0.5, color="black", linewidth=0.5)
    axes.set_yticks((starts + ends - 1) / 2, [names[label] for label in present], fontsize=8)
    axes.set_xticks([])
    axes.set_xlabel(f"{len(columns)} of {features.shape[1]} features, those that differ most between classes")
    axes.figure.colorbar(image, ax=axes, shrink=0.85, label="value")
