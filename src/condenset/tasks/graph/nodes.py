"""Node data before it becomes a task: features, edges, labels and split, checked with errors that name the fault."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import scipy.sparse as sp
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import DataError, RequestError
from condenset.core.nodes import Nodes
from condenset.core.rng import Rng

UNLABELLED = -1
PARTS = ("train", "validation", "test")


@dataclass(frozen=True)
class NodeData:
    """One graph with labelled nodes.

    Attributes:
        features: (nodes, features) float32, finite.
        adjacency: (nodes, nodes) float32, symmetric, non-negative, zero diagonal.
        labels: (nodes,) int64 class indices; -1 where unknown.
        classes: class names in the order of their indices.
        split: "train", "validation", "test" -> (nodes,) bool; parts that the data lacks are absent.
        scaling: what was done to the features.
        left_out: what of the edges was left out -> why.
    """

    features: Float[Tensor, "nodes features"]
    adjacency: sp.csr_array
    labels: Int[Tensor, " nodes"]
    classes: tuple[str, ...]
    split: Mapping[str, Bool[Tensor, " nodes"]]
    scaling: str = "as given"
    left_out: Mapping[str, str] = field(default_factory=dict)


def node_data(
    features: Tensor,
    adjacency: sp.csr_array,
    labels: Tensor,
    split: Mapping[str, Tensor],
    classes: tuple[str, ...] = (),
    left_out: Mapping[str, str] | None = None,
) -> NodeData:
    """Checked node data; class names default to the class numbers. Raises `DataError` naming the fault.

    Args: features (nodes, features); adjacency (nodes, nodes); labels (nodes,) integers, -1 where unknown; split, the
    parts as masks (nodes,) bool or as lists of node numbers; left_out, see `left_out_edges`.
    """
    checked = checked_features(features)
    nodes = len(checked)
    if adjacency.shape != (nodes, nodes):
        raise DataError(f"adjacency is {adjacency.shape} and x has {nodes} rows: expected one row per node in both")
    known = _checked_labels(labels, nodes, len(classes))
    names = classes or tuple(str(c) for c in range(int(known.max()) + 1))
    masks = {part: _checked_mask(part, mask, nodes) for part, mask in split.items()}
    return NodeData(checked, adjacency, known, names, masks, left_out=left_out or {})


def checked_features(features: Tensor) -> Float[Tensor, "nodes features"]:
    """The features as float32. Raises `DataError` for no (nodes, features) matrix, an empty one, one that is not finite
    and one of zeros."""
    if features.dim() != 2 or features.numel() == 0 or features.is_complex():
        raise DataError(f"x is {tuple(features.shape)} {features.dtype}: expected (nodes, features) numbers, not empty")
    wrong = ~torch.isfinite(features).all(1)
    if bool(wrong.any()):
        first = int(wrong.nonzero()[0])
        raise DataError(f"x is not finite in {int(wrong.sum())} rows, the first is row {first}: fill or drop them")
    if not bool(features.any()):
        raise DataError(
            f"x is 0 in all {len(features)} rows, and a set is made of features: give some, such as a node's degree or "
            "a column per node"
        )
    return features.float()


def adjacency_from_edges(edges: Tensor, nodes: int) -> sp.csr_array:
    """Unweighted undirected adjacency (nodes, nodes) from (2, edges) node numbers; self-loops and repeats vanish.

    Raises `DataError` for another shape, or a number outside [0, nodes).
    """
    if edges.dim() != 2 or len(edges) != 2 or edges.is_floating_point() or edges.is_complex():
        raise DataError(f"edge_index is {tuple(edges.shape)} {edges.dtype}: expected (2, edges) integers")
    if edges.numel() and not 0 <= int(edges.min()) <= int(edges.max()) < nodes:
        raise DataError(f"edge_index goes from {int(edges.min())} to {int(edges.max())}: expected 0 to {nodes - 1}")
    source, target = edges.numpy()
    ones = np.ones(len(source), dtype=np.float32)
    return _undirected(sp.csr_array((ones, (source, target)), shape=(nodes, nodes)).sign())


def left_out_edges(edges: Int[Tensor, "2 edges"]) -> dict[str, str]:
    """What `adjacency_from_edges` leaves out of (2, edges) node numbers -> why; an edge in both directions is one."""
    source, target = edges
    there = edges[:, source != target]
    loops = edges.shape[1] - there.shape[1]
    repeats = there.shape[1] - torch.unique(there, dim=1).shape[1]
    found = {f"{loops} self-loops": "networks add one to every node", f"{repeats} edges": "given more than once"}
    return {what: why for what, why in found.items() if not what.startswith("0 ")}


def adjacency_from_matrix(matrix: Tensor) -> sp.csr_array:
    """Weighted undirected adjacency from a dense (nodes, nodes) matrix; self-loops vanish.

    Where the two directions differ, the larger weight counts. Raises `DataError` for a negative or not finite weight.
    """
    if matrix.dim() != 2 or matrix.shape[0] != matrix.shape[1]:
        raise DataError(f"adj is {tuple(matrix.shape)}: expected a square matrix (nodes, nodes)")
    weights = matrix.float()
    if not bool((torch.isfinite(weights) & (weights >= 0)).all()):
        raise DataError("adj holds weights that are negative or not finite: expected finite weights of 0 or more")
    return _undirected(sp.csr_array(weights.numpy()))


def row_normalised(data: NodeData) -> NodeData:
    """Features (nodes, features), every row divided by the sum of its absolute values; rows of zeros stay."""
    norms = data.features.abs().sum(1, keepdim=True)
    return replace(data, features=data.features / norms.where(norms > 0, 1.0), scaling="rows divided by their sum (L1)")


def check_split(data: NodeData) -> None:
    """Raises `DataError` for a split that cannot be learnt from.

    A part missing or empty (validation may be), parts that overlap, unlabelled nodes in a part, fewer than two
    classes, or a class without a training node.
    """
    for part in ("train", "test"):
        if part not in data.split or not bool(data.split[part].any()):
            raise DataError(f"no {part} nodes: give {part}_mask or {part}_idx, or open with --split random")
    counted = torch.stack(list(data.split.values())).sum(0)
    if bool((counted > 1).any()):
        raise DataError(f"{int((counted > 1).sum())} nodes are in more than one of {sorted(data.split)}: separate them")
    unknown = int(((counted > 0) & (data.labels == UNLABELLED)).sum())
    if unknown:
        raise DataError(f"{unknown} nodes of the split have no label (-1): take them out of the masks")
    if len(data.classes) < 2:
        raise DataError("all nodes have the same class: expected at least 2 classes")
    counts = torch.bincount(data.labels[data.split["train"]], minlength=len(data.classes))
    if bool((counts == 0).any()):
        empty = [name for name, count in zip(data.classes, counts.tolist(), strict=True) if count == 0]
        raise DataError(f"classes {', '.join(empty)} have no training node: add some to train")


def random_split(data: NodeData, rng: Rng) -> NodeData:
    """20 training and 30 validation nodes of every class, the rest for testing (Shchur et al. 2018, arXiv 1811.05868).

    Raises `DataError` for a class of 50 nodes or fewer.
    """
    order = torch.randperm(len(data.labels), generator=rng.child("split").torch())
    split = {part: torch.zeros(len(order), dtype=torch.bool) for part in PARTS}
    for label, name in enumerate(data.classes):
        members = order[data.labels[order] == label]
        if len(members) <= 50:
            raise DataError(f"class {name!r} has {len(members)} nodes: a random split needs more than 50 of each class")
        for part, chosen in zip(PARTS, members.tensor_split((20, 50)), strict=True):
            split[part][chosen] = True
    return replace(data, split=split)


def twice_propagated(inputs: Inputs) -> Float[Tensor, "nodes features"]:
    """Features (nodes, features) propagated twice, the vectors that distances between nodes are measured in.

    Raises `RequestError` for a tensor.
    """
    if not isinstance(inputs, Nodes):
        raise RequestError(f"inputs of shape {tuple(inputs.shape)} are no graph: a graph task reads graphs only")
    return inputs.hop(2)


def _undirected(matrix: sp.csr_array) -> sp.csr_array:
    pairs = sp.coo_array(matrix.maximum(matrix.T))
    kept = pairs.row != pairs.col
    return sp.csr_array((pairs.data[kept], (pairs.row[kept], pairs.col[kept])), shape=pairs.shape)


def _checked_labels(labels: Tensor, nodes: int, classes: int) -> Int[Tensor, " nodes"]:
    if labels.shape != (nodes,) or labels.is_floating_point() or labels.is_complex():
        raise DataError(f"y is {tuple(labels.shape)} {labels.dtype}: expected ({nodes},) integer class numbers")
    known = labels.long()
    limit = classes or nodes  # more classes than nodes cannot be meant
    if not UNLABELLED <= int(known.min()) <= int(known.max()) < limit:
        lowest, highest = int(known.min()), int(known.max())
        raise DataError(f"y goes from {lowest} to {highest}: expected 0 to {limit - 1}, or -1 where unknown")
    return known


def _checked_mask(part: str, mask: Tensor, nodes: int) -> Bool[Tensor, " nodes"]:
    if mask.dtype == torch.bool:
        if mask.shape != (nodes,):
            raise DataError(f"{part}_mask is {tuple(mask.shape)}: expected ({nodes},), one value per node, one split")
        return mask
    if mask.dim() != 1 or mask.is_floating_point() or mask.is_complex():
        raise DataError(f"{part}_idx is {mask.dtype} {tuple(mask.shape)}: expected a list of node numbers")
    if mask.numel() and not 0 <= int(mask.min()) <= int(mask.max()) < nodes:
        raise DataError(f"{part}_idx goes from {int(mask.min())} to {int(mask.max())}: expected 0 to {nodes - 1}")
    flags = torch.zeros(nodes, dtype=torch.bool)
    flags[mask.long()] = True
    return flags
