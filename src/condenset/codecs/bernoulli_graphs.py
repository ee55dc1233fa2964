"""Bernoulli graphs: every edge with its own probability, and tags drawn likewise, so that graphs can be learnt.

A distribution is not what people keep: the finish likeliest-graphs stores its likeliest graphs in its place.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from condenset.codecs.codec import Codec
from condenset.codecs.restoring import expect_decodable, expect_tensor
from condenset.codecs.straight_through import straight_through
from condenset.core.batch import Inputs
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.graphs import Graphs
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.tasks.task import Task

_SURE = 4.0  # logit of what a real graph begins with, and less that of what it lacks
_LARGEST = 200  # nodes of a graph, whose pairs are all stored
_CLAMPED = 1e-6  # by which uniform numbers stay away from 0 and 1
_HELD = 12  # numbers of a pair of nodes that are held as it decodes


class BernoulliGraphs(Codec):
    """Stores logits of all pairs of nodes (items, pairs) and of tags, or features, (items, nodes, d), float32.

    Filled up to the largest graph; DosCond's parameterisation (Jin et al., KDD 2022, arXiv 2206.07746), with tags drawn
    like edges.

    It decodes to the likeliest graphs, all pairs of nodes being edges of weight 0 or 1, and gradients pass as through
    the probabilities, see `straight_through`. `sampled` draws graphs.
    """

    nodes: Tensor

    def __init__(
        self,
        features: Float[Tensor, "n nodes d"],
        logits: Float[Tensor, "n pairs"],
        nodes: Int[Tensor, " n"],
        tagged: bool,
    ) -> None:
        """Args: features, of nodes, or logits of their tags where `tagged`; logits, of pairs of nodes, row by row above
        the diagonal; nodes, how many each graph has."""
        super().__init__()
        self.features = nn.Parameter(features.detach().clone().float())
        self.logits = nn.Parameter(logits.detach().clone().float())
        self.register_buffer("nodes", nodes.detach().clone())
        self._tagged = tagged
        self._drawn: tuple[float, Tensor, Tensor] | None = None  # temperature, and noise of pairs and of tags

    def forward(self, index: Int[Tensor, " chosen"] | None = None) -> Graphs:
        """The likeliest graphs, or those that were drawn, with weights in (0, 1); all or those chosen."""
        chosen: Any = slice(None) if index is None else index
        features, logits = self.features[chosen], self.logits[chosen]
        if self._drawn is None:
            features = straight_through(features.softmax(2), one_hot(features)) if self._tagged else features
            return self._graphs(features, straight_through(logits.sigmoid(), (logits > 0).float()), self.nodes[chosen])
        temperature, edge_noise, tag_noise = self._drawn
        weights = concrete(logits, edge_noise[chosen], temperature).sigmoid()
        features = concrete(features, tag_noise[chosen], temperature).softmax(2) if self._tagged else features
        return self._graphs(features, weights, self.nodes[chosen])

    def sampled(self, temperature: float, rng: Rng) -> BernoulliGraphs:
        """The same parameters, of which it decodes what is drawn: binary concrete edges, and tags alike.

        Differentiable; the lower the temperature, the nearer to 0 and 1 (Maddison, Mnih & Teh, ICLR 2017, arXiv
        1611.00712).
        """
        generator, drawn = rng.torch(), copy.copy(self)
        uniform = [torch.rand(part.shape, generator=generator).to(part.device) for part in (self.logits, self.features)]
        drawn._drawn = (temperature, logistic(uniform[0]), gumbel(uniform[1]))
        return drawn

    def likeliest(self) -> Graphs:
        """The graphs of the edges that are likelier than not alone, and of the likeliest tags; constants."""
        with torch.no_grad():
            graphs = self()
        there = graphs.weights > 0
        return Graphs(graphs.features, graphs.edges[:, there], graphs.weights[there], graphs.sizes)

    def _graphs(self, features: Tensor, weights: Tensor, nodes: Tensor) -> Graphs:
        """One union of what is filled up: features (n, most, d), weights (n, pairs)."""
        most = features.shape[1]
        present = torch.arange(most, device=nodes.device) < nodes[:, None]
        number = (present.flatten().cumsum(0) - 1).view(present.shape)
        first, second = torch.triu_indices(most, most, 1, device=nodes.device)
        there = present[:, second]
        pairs = torch.stack([number[:, first][there], number[:, second][there]])
        return Graphs(features[present], torch.cat([pairs, pairs.flip(0)], 1), weights[there].repeat(2), nodes)

    def parameter_groups(self) -> dict[str, list[nn.Parameter]]:
        """Two groups: "data", the features or logits of tags (items, nodes, d); "adjacency", the logits of pairs."""
        return {"data": [self.features], "adjacency": [self.logits]}

    def fields(self) -> dict[str, Any]:
        """Number of features, and whether they are logits of tags."""
        return {"features": self.features.shape[2], "tagged": self._tagged}

    @staticmethod
    def item_bytes(inputs: Leaf) -> int:
        """Of the mean graph of the data, as it is stored in the end."""
        return inputs.native

    @classmethod
    def encode(cls, inputs: Inputs, task: Task) -> BernoulliGraphs:
        """Begin at graphs: what they have is nearly sure. Raises `RequestError` for other data and for large graphs."""
        if not isinstance(inputs, Graphs):
            raise RequestError(f"codec bernoulli-graphs stores graphs and {task.name!r} has none: choose another codec")
        items, most = len(inputs), int(inputs.sizes.max())
        if most > _LARGEST:
            raise RequestError(
                f"a graph of {most} nodes has {most * (most - 1) // 2} pairs to learn, and {_LARGEST} nodes are the "
                "most: begin at other graphs, with another seed or start, or choose a coreset, which keeps graphs as "
                "they are"
            )
        place = torch.arange(len(inputs.features), device=inputs.edges.device)
        place = place - (inputs.sizes.cumsum(0) - inputs.sizes).repeat_interleave(inputs.sizes)
        adjacency = inputs.features.new_zeros(items, most, most)
        source, target = inputs.edges
        adjacency[inputs.owner[source], place[source], place[target]] = inputs.weights
        first, second = torch.triu_indices(most, most, 1)
        tagged = bool(task.preprocessing["one_hot"])
        features = inputs.features.new_zeros(items, most, inputs.features.shape[1])
        features[inputs.owner, place] = _SURE * inputs.features if tagged else inputs.features
        return cls(features, 2 * _SURE * adjacency[:, first, second] - _SURE, inputs.sizes, tagged)

    @classmethod
    def restore(cls, fields: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> BernoulliGraphs:
        """Rebuild from "features", "logits" and "nodes". Raises `ArtifactError` where they do not fit each other."""
        features, logits = expect_tensor(tensors, "features", 3), expect_tensor(tensors, "logits", 2)
        nodes = expect_tensor(tensors, "nodes", 1, floating=False)
        items, most, width = features.shape
        pairs = most * (most - 1) // 2
        fits = width == fields["features"] and logits.shape == (items, pairs) and len(nodes) == items
        if not fits or not 1 <= int(nodes.min()) <= int(nodes.max()) <= most:
            shapes = f"features {tuple(features.shape)}, logits {tuple(logits.shape)} and {len(nodes)} numbers of nodes"
            raise ArtifactError(f"{shapes} are no graphs of {fields['features']} features: the set is inconsistent")
        expect_decodable(_HELD * items * pairs, f"{items} graphs of {most} nodes and all their pairs")
        return cls(features, logits, nodes, bool(fields["tagged"]))


def one_hot(logits: Float[Tensor, "n nodes d"]) -> Float[Tensor, "n nodes d"]:
    """1 at the largest logit of each node, else 0."""
    return nn.functional.one_hot(logits.argmax(2), logits.shape[2]).to(logits)


def concrete(logits: Float[Tensor, "*shape"], noise: Float[Tensor, "*shape"], temperature: float) -> Tensor:
    """(logits + noise) / temperature, of which a sigmoid or a softmax is a relaxed sample."""
    return (logits + noise) / temperature


def logistic(uniform: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Logistic noise log u - log(1 - u), with which a sigmoid at temperature 0 is a Bernoulli number."""
    clamped = uniform.clamp(_CLAMPED, 1 - _CLAMPED)
    return clamped.log() - (1 - clamped).log()


def gumbel(uniform: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Gumbel noise -log(-log u), with which a softmax at temperature 0 is a categorical number."""
    return -(-uniform.clamp(_CLAMPED, 1 - _CLAMPED).log()).log()


CODEC = BernoulliGraphs
