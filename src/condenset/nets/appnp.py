"""APPNP: a perceptron whose scores are propagated by personalised PageRank (Gasteiger et al., Predict then Propagate,
ICLR 2019, arXiv 1810.05997)."""

from __future__ import annotations

import torch.nn.functional as F
from torch import nn

from condenset.core.nodes import Nodes
from condenset.nets.network import Architecture, Output, of_shape


class APPNP(nn.Module):
    """Scores H of a perceptron become Z_0 = H and `hops` times Z <- (1 - teleport) P Z + teleport H.

    Dropout draws from torch's global generator in training mode, so a learner that sets it must fork that generator
    and call `eval()` before predicting.
    """

    def __init__(
        self,
        input_shape: tuple[int, ...],
        outputs: int,
        hidden: int = 256,
        hops: int = 10,
        teleport: float = 0.1,
        dropout: float = 0.0,
    ) -> None:
        """Args: input_shape, (features,); hidden, width; hops, how often to propagate; teleport, share of the node's
        own scores; dropout, probability."""
        super().__init__()
        self.first, self.last = nn.Linear(input_shape[0], hidden), nn.Linear(hidden, outputs)
        self.hops, self.teleport = hops, teleport
        self.dropout = nn.Dropout(dropout)

    def forward(self, graph: Nodes) -> Output:
        """Class scores (nodes, outputs); the embedding (nodes, hidden) is the perceptron's hidden layer."""
        hidden = F.relu(graph.project(graph.features, self.first.weight.T) + self.first.bias)
        hidden = self.dropout(hidden)
        scores = own = self.last(hidden)
        for _ in range(self.hops):
            scores = (1 - self.teleport) * graph.spread(scores) + self.teleport * own
        return Output(scores, hidden, (hidden,))


ARCHITECTURE = Architecture(build=of_shape(APPNP), reads=("nodes",))
