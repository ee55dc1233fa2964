"""From a name, a file or an object to a graph task."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Bool
from torch import Tensor

from condenset.core.batch import Batch
from condenset.core.errors import RequestError
from condenset.core.groups import ByClass
from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.registries import MODALITIES
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.footprint import bytes_on_disk, footprint, index_bytes, share
from condenset.tasks.graph.nodes import NodeData, check_split, random_split
from condenset.tasks.graph.reading import from_data, read_source
from condenset.tasks.in_memory import InMemoryView
from condenset.tasks.recognised import NO_VALIDATION, Recognised
from condenset.tasks.targets.classification import Classification, majority
from condenset.tasks.task import Task


@dataclass(frozen=True)
class _Opened:
    name: str
    setting: str
    data: NodeData
    source: dict[str, Any]
    files: int | None = None


def open_graph(
    source: str | Path,
    *,
    setting: str = "transductive",
    split: str = "given",
    seed: int = 0,
) -> Task:
    """A node classification task from a known name or a file.

    Args:
        source: "cora", "citeseer", "pubmed"; an NPZ file with x (nodes, features), y (nodes,), edge_index (2, edges)
            or adj (nodes, nodes), and train/val/test as `*_mask` (nodes,) bool or `*_idx`; a saved PyG `Data` (.pt);
            a folder of `nodes.csv` and `edges.csv`, see `read_tables`; or a folder of the eight files `ind.<name>.*`
            of a network as Planetoid writes them.
        setting: "transductive": training sees every node and edge, but only training labels. "inductive": training
            sees the graph that the training nodes induce; validation and test nodes are judged in the whole graph.
        split: "given": the one in the data; "random": `random_split`, 20 training and 30 validation nodes per class.
        seed: of the random split; a given split does not depend on it.
    Raises `DataError` for unusable data, `UnknownNameError` and `RequestError` for the rest.
    """
    data, name, files = read_source(source)
    options = {"source": str(source), "setting": setting, "split": split, "seed": seed}
    return _task(_Opened(name, setting, _chosen_split(data, split, seed), options, bytes_on_disk(files)))


def graph_from_data(
    data: Any,
    *,
    name: str = "graph",
    setting: str = "transductive",
    split: str = "given",
    seed: int = 0,
) -> Task:
    """A task from a PyG `Data` object; arguments as `open_graph`.

    It has the attributes x (nodes, features), edge_index (2, edges), y (nodes,) and the three masks (nodes,) bool.
    The task's `source` is empty: only the caller can make the object again.
    """
    return _task(_Opened(name, setting, _chosen_split(from_data(data), split, seed), {}))


def _chosen_split(data: NodeData, split: str, seed: int) -> NodeData:
    if split not in ("given", "random"):
        raise RequestError(f"split is {split!r}: expected 'given' or 'random'")
    return random_split(data, Rng(seed)) if split == "random" else data


def _task(opened: _Opened) -> Task:
    data, setting = opened.data, opened.setting
    if setting not in ("transductive", "inductive"):
        raise RequestError(f"setting is {setting!r}: expected 'transductive' or 'inductive'")
    check_split(data)
    whole = Nodes(data.features, normalise_adjacency(data.adjacency))
    train = _part(whole, data.labels, data.split["train"]) if setting == "transductive" else _induced_train(data)
    validation = data.split.get("validation")
    view = InMemoryView(train, len(data.classes))
    return Task(
        name=opened.name,
        modality=MODALITIES.get("graph"),
        input_spec=Leaf((data.features.shape[1],), meaning="nodes"),
        target=Classification(data.classes, majority(view.counts())),
        groups=ByClass(data.classes),
        train=view,
        held_out=partial(_part, whole, data.labels, data.split["test"]),
        validation=None if validation is None or not validation.any() else _part(whole, data.labels, validation),
        preprocessing={"features": data.scaling, "propagation": "D^-1/2 (A + I) D^-1/2", "setting": setting},
        fingerprint=_fingerprint(train),
        source=opened.source,
        recognised=_recognised(opened),
        footprint=footprint(share(opened.files, len(train), len(whole)), len(train), _node_bytes(data)),
    )


def _recognised(opened: _Opened) -> Recognised:
    data = opened.data
    labels = Classification(data.classes).describe()
    nodes, features = data.features.shape
    counts = {part: int(mask.sum()) for part, mask in data.split.items()}
    chosen = counts.get("validation", 0)
    return Recognised(
        target=f"the class of a node: {labels}",
        inputs=f"{nodes} nodes of {features} features and {data.adjacency.nnz // 2} edges{_bare(data)}, features "
        f"{data.scaling}",
        dropped=data.left_out,
        test=f"{counts['test']} nodes of the split, {opened.setting}: {counts['train']} are trained on",
        validation=f"{chosen} nodes of the split" if chosen else NO_VALIDATION,
    )


def _bare(data: NodeData) -> str:
    """Nodes that lack something, in words."""
    alone = int((data.adjacency.count_nonzero(axis=1) == 0).sum())
    empty = int((data.features == 0).all(1).sum())
    counts = {"without an edge": alone, "without a feature that is not 0": empty}
    told = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
    return f" (nodes: {told})" if told else ""


def _node_bytes(data: NodeData) -> int:
    """Of a node's features as they are held, and its class."""
    return data.features.shape[1] * data.features.element_size() + index_bytes(len(data.classes))


def _part(graph: Nodes, labels: Tensor, mask: Bool[Tensor, " nodes"]) -> Batch:
    """The whole graph with weight 1 on some nodes; the labels of all others are hidden (0)."""
    shown = labels.where(mask, 0)
    return Batch(graph, shown, shown, mask.float())


def _induced_train(data: NodeData) -> Batch:
    index = data.split["train"].nonzero().flatten()
    block = data.adjacency[index.numpy()][:, index.numpy()]
    graph = Nodes(data.features[index], normalise_adjacency(block))
    return _part(graph, data.labels[index], torch.ones(len(index), dtype=torch.bool))


def _fingerprint(train: Batch) -> dict[str, Any]:
    assert isinstance(train.inputs, Nodes)
    matrix = train.inputs.propagation
    parts = (train.inputs.features, matrix.crow_indices(), matrix.col_indices(), matrix.values())
    digest = hashlib.sha256()
    for part in (*parts, train.targets, train.weight):
        digest.update(part.contiguous().numpy().tobytes())
    return {"rows": len(train.examples()), "sha256": digest.hexdigest()}
