"""The tangents of a network: what its outputs do, to first order, when its parameters move.

J has a row for every output of every example and a column for every parameter. The head's weights, which multiply the
embedding, are held: their columns are nought, so that a head can be solved for beside a change of all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.func import jacrev, jvp, vjp, vmap

from condenset.nets.network import Network

_HEAD = "classifier.weight"


class Tangents:
    """J of a network at the inputs (n, ...) and the embeddings F there.

    Changes are flat, (parameters,); what they say of the head's weights does not count.
    """

    def __init__(self, network: Network, inputs: Tensor) -> None:
        """Args: network, whose parameters are the point; inputs, which only `moved` is differentiated in."""
        self._network, self._inputs = network, inputs

    def moved(self, change: Float[Tensor, " parameters"]) -> tuple[Float[Tensor, "n outputs"], Float[Tensor, "n d"]]:
        """J change, and F; differentiable in the inputs and the change."""
        direction = self._network.unflatten(change)
        direction[_HEAD] = torch.zeros_like(direction[_HEAD])
        found: Any = jvp(self._at(self._inputs), (dict(self._network.parameters),), (direction,))
        (_, features), (moved, _) = found
        return moved, features

    def pulled(self, rows: Float[Tensor, "n outputs"]) -> Float[Tensor, " parameters"]:
        """J' rows."""
        _, pull = self._linear
        return self._flat(pull((rows, torch.zeros_like(self.features)))[0], ())

    @property
    def features(self) -> Float[Tensor, "n d"]:
        """F, without a graph."""
        (_, features), _ = self._linear
        return features

    def kernel(self) -> Float[Tensor, "rows rows"]:
        """J J'; J, (n * outputs, parameters), is held meanwhile."""

        def of_one(parameters: Mapping[str, Tensor], one: Tensor) -> Tensor:
            return self._at(one.unsqueeze(0))(parameters)[0].squeeze(0)

        parts = vmap(jacrev(of_one), (None, 0), chunk_size=32)(dict(self._network.parameters), self._inputs.detach())
        rows = self._flat(parts, next(iter(parts.values())).shape[:2]).flatten(0, 1)
        return rows @ rows.T

    @cached_property
    def _linear(self) -> tuple[tuple[Tensor, Tensor], Callable[..., Any]]:
        found: Any = vjp(self._at(self._inputs.detach()), dict(self._network.parameters))
        return found

    def _flat(self, parts: Mapping[str, Tensor], leading: tuple[int, ...]) -> Tensor:
        free = {name: part.reshape(*leading, -1) * float(name != _HEAD) for name, part in parts.items()}
        return torch.cat([free[name] for name in self._network.parameters], -1)

    def _at(self, inputs: Tensor) -> Callable[[Mapping[str, Tensor]], tuple[Tensor, Tensor]]:
        def outputs(parameters: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
            output = self._network(inputs, parameters)
            return output.logits, output.embedding

        return outputs
