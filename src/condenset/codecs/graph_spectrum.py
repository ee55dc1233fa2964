"""Graph spectrum: features and eigenvectors are learnt, the eigenvalues are some of the real graph's (GDEM, Liu et al.,
ICML 2024, arXiv 2310.09202)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import normalize

from condenset.codecs.codec import Codec
from condenset.codecs.graph_nodes import expect_features, expect_graph
from condenset.codecs.restoring import expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError
from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.spec import Leaf
from condenset.kernels.spectrum import extreme_eigenpairs
from condenset.tasks.task import Task


class GraphSpectrum(Codec):
    """Stores features (nodes, features), eigenvectors (nodes, k) and eigenvalues (k,) of a Laplacian, float32.

    The nodes propagate by I - U diag(values) U^T. Its entries may be negative and it comes of no adjacency, so that
    networks which read edges or degrees (GAT, GraphSAGE) refuse it.
    """

    joint: ClassVar[bool] = True

    def __init__(
        self, features: Float[Tensor, "n d"], vectors: Float[Tensor, "n k"], values: Float[Tensor, " k"]
    ) -> None:
        """Args: features, as networks see them; vectors and values, of the Laplacian."""
        super().__init__()
        self.features = nn.Parameter(features.detach().clone().float())
        self.vectors = nn.Parameter(vectors.detach().clone().float())
        self.values: Tensor
        self.register_buffer("values", values.detach().clone().float())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Nodes:
        """The nodes (nodes, features), differentiable in features and eigenvectors."""
        identity = torch.eye(len(self.vectors), device=self.vectors.device)
        return Nodes(self.features, identity - (self.vectors * self.values) @ self.vectors.T)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Two groups: "data", the features (nodes, features), and "adjacency", the eigenvectors (nodes, k)."""
        return {"data": [self.features], "adjacency": [self.vectors]}

    def fields(self) -> dict[str, Any]:
        """Number of features and of eigenvectors."""
        return {"features": self.features.shape[1], "eigenvectors": self.vectors.shape[1]}

    @staticmethod
    def item_bytes(inputs: Leaf, eigenvectors: int = 60, smallest: float = 0.8) -> int:
        """Of a node's features; eigenvectors grow with the square of the nodes and are counted when these are known."""
        return inputs.nbytes

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, eigenvectors: int = 60, smallest: float = 0.8) -> GraphSpectrum:
        """Store the features (nodes, features), eigenvalues of the real graph, and eigenvectors of one whose edges are
        the cosines of the features, where these are above 0.

        Args: eigenvectors, how many, at most one per node; smallest, share of the smallest eigenvalues, the rest being
            the largest.
        """
        features = expect_graph(inputs).features.detach()
        count = min(eigenvectors, len(features))
        values, _ = extreme_eigenpairs(expect_graph(task.train.all().inputs).propagation, count, smallest)
        directions = normalize(features)
        alike = (directions @ directions.T).clamp(min=0).fill_diagonal_(0)
        _, vectors = extreme_eigenpairs(normalise_adjacency(alike), count, smallest)
        return cls(features, vectors, values)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> GraphSpectrum:
        """Rebuild from "features", "vectors" and "values". Raises `ArtifactError` where shapes do not fit."""
        features = expect_features(fields, tensors)
        vectors, values = expect_tensor(tensors, "vectors", 2), expect_tensor(tensors, "values", 1)
        expected = len(features), fields["eigenvectors"]
        if tuple(vectors.shape) != expected or tuple(values.shape) != expected[1:]:
            shapes = f"{tuple(vectors.shape)} and {tuple(values.shape)}"
            raise ArtifactError(f"eigenvectors and eigenvalues are {shapes}: expected {expected} and {expected[1:]}")
        return cls(features, vectors, values)


CODEC = GraphSpectrum
