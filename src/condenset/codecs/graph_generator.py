"""Graph generator: features are learnt, and a small network turns every pair of nodes into the edge between them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.graph_nodes import expect_features, expect_graph
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.nodes import Nodes
from condenset.core.propagation import normalise_adjacency
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_LAYERS = 3  # whose activations of all pairs of nodes are held at a time


class GraphGenerator(Codec):
    """GCond's parameterisation (Jin et al. 2022, arXiv 2110.07580, equation 7).

    An ordered pair (i, j) becomes MLP([x_i ; x_j]): three linear layers, with batch normalisation over all pairs and
    ReLU after the first two. The batch's own statistics are used at all times, so the edges depend on nothing but
    what is stored. Stores features (nodes, features) float32 and the MLP's weights.
    """

    joint: ClassVar[bool] = True

    def __init__(self, features: Float[Tensor, "n d"], width: int = 128, seed: int = 0) -> None:
        """Args: width, hidden units of the MLP; seed, for its initial weights. Raises `RequestError` for one node."""
        super().__init__()
        if len(features) < 2:
            raise RequestError(f"{len(features)} node has no pairs to generate edges from: store at least 2 nodes")
        self.features = nn.Parameter(features.detach().clone().float())
        with torch.device("meta"):  # sizes only: drawing here would consume the global generator
            self.first = nn.Linear(2 * features.shape[1], width)
            self.second = nn.Linear(width, width)
            self.last = nn.Linear(width, 1)
        self.norms = nn.ModuleList(nn.BatchNorm1d(width, track_running_stats=False) for _ in range(2))
        self._draw(Rng(seed).child("generator"))

    @torch.no_grad()
    def _draw(self, rng: Rng) -> None:
        """PyTorch's default law, U(-1/sqrt(fan_in), 1/sqrt(fan_in)), for weights and biases."""
        generator = rng.torch()
        for layer in (self.first, self.second, self.last):
            layer.to_empty(device=self.features.device)
            bound = 1 / math.sqrt(layer.in_features)
            layer.weight.uniform_(-bound, bound, generator=generator)
            layer.bias.uniform_(-bound, bound, generator=generator)

    def adjacency(self) -> Float[Tensor, "n n"]:
        """Generated weights (nodes, nodes) in (0, 1), symmetric, zero diagonal, not normalised."""
        nodes = len(self.features)
        # W [x_i ; x_j] = W_left x_i + W_right x_j: the n^2 pairs of wide features are never formed
        left, right = (self.features @ half.T for half in self.first.weight.chunk(2, dim=1))
        pairs = (left[:, None] + right[None] + self.first.bias).flatten(0, 1)
        for norm, layer in zip(self.norms, (self.second, self.last), strict=True):
            pairs = layer(norm(pairs).relu())
        scores = pairs.view(nodes, nodes)
        weights = ((scores + scores.T) / 2).sigmoid()
        return weights - torch.diag_embed(weights.diagonal())

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Nodes:
        """The nodes (nodes, features), propagated by their normalised generated adjacency (nodes, nodes).

        Differentiable in features and MLP.
        """
        return Nodes(self.features, normalise_adjacency(self.adjacency()))

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Two groups: "data", the features (nodes, features), and "adjacency", the MLP."""
        return {"data": [self.features], "adjacency": [p for p in self.parameters() if p is not self.features]}

    def fields(self) -> dict[str, Any]:
        """Number of features and hidden units."""
        return {"features": self.features.shape[1], "width": self.first.out_features}

    @staticmethod
    def decoder(fields: Mapping[str, Any]) -> tuple[str, ...]:
        """The network that makes edges."""
        return ("first.", "second.", "last.", "norms.")

    @staticmethod
    def item_bytes(inputs: Leaf, width: int = 128, seed: int = 0) -> int:
        """Of a node's features; what makes the edges is counted when it is known how they are stored in the end."""
        return inputs.nbytes

    @classmethod
    def encode(cls, inputs: Inputs, task: Task, width: int = 128, seed: int = 0) -> GraphGenerator:
        """Store the features (nodes, features) of a graph; the generator's edges take the place of its own."""
        return cls(expect_graph(inputs).features, width, seed)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> GraphGenerator:
        """Rebuild from "features" and the MLP's tensors. Raises `ArtifactError` where a shape does not fit."""
        width = len(expect_tensor(tensors, "first.weight", 2))
        if width != fields["width"]:
            raise ArtifactError(f"tensor 'first.weight' has {width} rows: expected a width of {fields['width']}")
        features = expect_features(fields, tensors)
        expect_decodable(_LAYERS * len(features) ** 2 * width, f"a graph of {len(features)} nodes and all their pairs")
        codec = cls(features, width)
        state = {}
        for name, expected in codec.state_dict().items():
            state[name] = expect_tensor(tensors, name, expected.dim())
            if state[name].shape != expected.shape:
                shapes = f"{tuple(state[name].shape)}: expected {tuple(expected.shape)}"
                raise ArtifactError(f"tensor {name!r} is {shapes} for a generator of width {fields['width']}")
        codec.load_state_dict(state)
        return codec


CODEC = GraphGenerator
