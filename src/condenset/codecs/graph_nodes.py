"""Graph nodes: features are learnt; the edges between them are stored and fixed, or there are none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.nodes import Nodes, features_only
from condenset.core.propagation import dense_block, expect_weights, normalise_adjacency, recover_adjacency
from condenset.core.spec import Leaf
from condenset.tasks.task import Task


class GraphNodes(Codec):
    """Stores features (nodes, features) float32 and perhaps a weighted adjacency (nodes, nodes) float32.

    Without an adjacency the nodes do not speak to each other: their propagation is the identity, as in GCond-X
    (Jin et al. 2022, arXiv 2110.07580) and SFGC (Zheng et al. 2023, arXiv 2306.02664).
    """

    joint: ClassVar[bool] = True

    def __init__(self, features: Float[Tensor, "n d"], adjacency: Float[Tensor, "n n"] | None = None) -> None:
        """Args: features, as networks see them; adjacency, before normalisation, non-negative, no self-loops.

        Raises `RequestError` for an adjacency that is not symmetric, finite and non-negative.
        """
        if adjacency is not None:
            expect_weights(adjacency.detach())
        super().__init__()
        self.features = nn.Parameter(features.detach().clone().float())
        self.adjacency: Tensor | None
        self.register_buffer("adjacency", None if adjacency is None else adjacency.detach().clone().float())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Nodes:
        """The nodes (nodes, features), propagated by their normalised adjacency (nodes, nodes) or by the identity."""
        if self.adjacency is None:
            return features_only(self.features)
        return Nodes(self.features, normalise_adjacency(self.adjacency))

    def fields(self) -> dict[str, Any]:
        """Number of features, and whether edges are stored."""
        return {"features": self.features.shape[1], "structure": self.adjacency is not None}

    @staticmethod
    def item_bytes(inputs: Leaf, structure: bool = False) -> int:
        """Of a node's features; edges grow with the square of the nodes and are counted when these are known."""
        return inputs.nbytes

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, structure: bool = False) -> GraphNodes:
        """Store the features (nodes, features) of a graph, with its adjacency (nodes, nodes) if `structure`.

        Raises `RequestError` for a tensor.
        """
        graph = expect_graph(inputs)
        if not structure:
            return cls(graph.features)
        everything = torch.arange(len(graph), device=graph.features.device)
        return cls(graph.features, recover_adjacency(dense_block(graph.propagation.detach(), everything)))

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> GraphNodes:
        """Rebuild from "features" (nodes, features) and, where edges are stored, "adjacency" (nodes, nodes).

        Raises `ArtifactError` where wrong.
        """
        features = expect_features(fields, tensors)
        return cls(features, _expect_adjacency(tensors, len(features)) if fields["structure"] else None)


def expect_graph(inputs: Inputs) -> Nodes:
    """The inputs as a graph. Raises `RequestError` for a tensor."""
    if not isinstance(inputs, Nodes):
        raise RequestError(f"inputs of shape {tuple(inputs.shape)} are no graph: this codec stores nodes of a graph")
    return inputs


def expect_features(fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> Float[Tensor, "n d"]:
    """The stored features (nodes, features). Raises `ArtifactError` where their width is not the one of the fields."""
    features = expect_tensor(tensors, "features", 2)
    if features.shape[1] != fields["features"]:
        raise ArtifactError(f"tensor 'features' has {features.shape[1]} columns: expected {fields['features']}")
    return features


def _expect_adjacency(tensors: Mapping[str, Tensor], nodes: int) -> Float[Tensor, "n n"]:
    adjacency = expect_tensor(tensors, "adjacency", 2)
    if len(adjacency) != nodes:
        raise ArtifactError(f"tensor 'adjacency' is {tuple(adjacency.shape)}: expected {(nodes, nodes)}")
    try:
        expect_weights(adjacency)
    except RequestError as error:
        raise ArtifactError(f"tensor 'adjacency' cannot be used: {error}") from error
    return adjacency


CODEC = GraphNodes
