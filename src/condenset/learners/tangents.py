"""The tangents of a network: what its outputs do, to first order, when its parameters move.

J has a row for every output of every example and a column for every parameter. The head's weights, which multiply the
embedding, are held: their columns are nought, so that a head can be solved for beside a change of all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.func import jacrev, jvp, vjp, vmap

from condenset.nets.compiled import fast
from condenset.nets.network import Network

_HEAD = "classifier.weight"


class Tangents:
    """J of a network at the inputs (n, ...) and the embeddings F there.

    Changes are flat, (parameters,); what they say of the head's weights does not count.
    """

    def __init__(self, network: Network, inputs: Tensor, products: Products | None = None) -> None:
        """Args: network, whose parameters are the point; products, from `compiled_products`, which nothing is
        differentiated through; without, `moved` is differentiable in the inputs and the change."""
        self._network, self._inputs = network, inputs
        self._products = products or Products(network)

    def moved(self, change: Float[Tensor, " parameters"]) -> tuple[Float[Tensor, "n outputs"], Float[Tensor, "n d"]]:
        """J change (n, outputs), and F (n, d)."""
        direction = self._network.unflatten(change)
        direction[_HEAD] = torch.zeros_like(direction[_HEAD])
        return self._products.moved(self._parameters, self._inputs, direction)

    def pulled(self, rows: Float[Tensor, "n outputs"]) -> Float[Tensor, " parameters"]:
        """The product (parameters,) of the transposed Jacobian and rows: J' rows."""
        return self._flat(self._products.pulled(self._parameters, self._inputs.detach(), rows))

    def features(self) -> Float[Tensor, "n d"]:
        """F (n, d), without a graph."""
        with torch.no_grad():
            return self._network(self._inputs).embedding

    def kernel(self) -> Float[Tensor, "rows rows"]:
        """J J' (rows, rows), n * outputs of them; J (rows, parameters) is held meanwhile."""

        def of_one(parameters: Mapping[str, Tensor], one: Tensor) -> Tensor:
            return self._network(one.unsqueeze(0), parameters).logits.squeeze(0)

        parts = vmap(jacrev(of_one), (None, 0), chunk_size=32)(self._parameters, self._inputs.detach())
        rows = self._flat({name: part.flatten(0, 1) for name, part in parts.items()})
        return rows @ rows.T

    @property
    def _parameters(self) -> dict[str, Tensor]:
        return dict(self._network.parameters)

    def _flat(self, parts: Mapping[str, Tensor]) -> Float[Tensor, "*rows parameters"]:
        lead = {name: part.shape[: part.dim() - self._network.parameters[name].dim()] for name, part in parts.items()}
        free = {name: part.reshape(*lead[name], -1) * float(name != _HEAD) for name, part in parts.items()}
        return torch.cat([free[name] for name in self._parameters], -1)


class Products:
    """Products with J, as pure functions of tensors, so that each can be compiled.

    Attributes:
        moved: `(parameters, inputs, direction) -> ` J direction and F, (n, outputs) and (n, d).
        pulled: `(parameters, inputs, rows) -> ` J' rows, a tensor for every parameter.
    """

    def __init__(self, network: Network, prepare: Callable[[Callable[..., Any]], Callable[..., Any]] | None = None):
        """Args: network, whose own parameters do not matter; prepare, applied to both, such as a compiler."""

        def at(inputs: Tensor) -> Callable[[Mapping[str, Tensor]], tuple[Tensor, Tensor]]:
            def outputs(parameters: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
                output = network(inputs, parameters)
                return output.logits, output.embedding

            return outputs

        def moved(parameters: dict[str, Tensor], inputs: Tensor, direction: dict[str, Tensor]) -> tuple[Tensor, Tensor]:
            pair: Any = jvp(at(inputs), (parameters,), (direction,))
            (_, features), (changes, _) = pair
            return changes, features

        def pulled(parameters: dict[str, Tensor], inputs: Tensor, rows: Tensor) -> dict[str, Tensor]:
            pair: Any = vjp(at(inputs), parameters)
            (_, features), pull = pair
            by_parameter: dict[str, Tensor] = pull((rows, torch.zeros_like(features)))[0]
            return by_parameter

        prepare = prepare or (lambda function: function)
        self.moved, self.pulled = prepare(moved), prepare(pulled)


@lru_cache(maxsize=64)
def compiled_products(module: nn.Module) -> Products:
    """Compiled for images (n, channels, height, width), and shared by all networks of one architecture without buffers.

    The images are brought into channels-last order.
    """

    def prepared(product: Callable[..., Any]) -> Callable[..., Any]:
        def in_channels_last(parameters: dict[str, Tensor], images: Tensor, along: Any) -> Any:
            return product(parameters, images.contiguous(memory_format=torch.channels_last), along)

        return fast(in_channels_last)

    return Products(Network(module, dict(module.named_parameters()), {}), prepared)
