"""What the layers of a network read of a batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor, nn

from condenset.core.batch import Inputs
from condenset.nets.network import Network, Output, batch_norms


def layer_inputs(network: Network, inputs: Inputs, convolutions: bool) -> tuple[Output, list[Tensor]]:
    """The output for inputs (n, ...) and what layers read on the way, (n, channels, ...), in that order.

    Differentiable. Args: convolutions, whether what convolutions read is there beside what batch normalisations do.
    """
    layers: list[nn.Module] = [*batch_norms(network.module)]
    if convolutions:
        layers += [part for part in network.module.modules() if isinstance(part, nn.Conv2d)]
    found: list[Tensor] = []
    with looked_at(layers, lambda module, values: found.append(values)):
        return network(inputs), found


@contextmanager
def looked_at(layers: Sequence[nn.Module], look: Callable[[Any, Tensor], None]) -> Iterator[None]:
    """Calls `look` with every layer and what it reads, as it reads it."""

    def before(module: nn.Module, arguments: tuple[Tensor, ...]) -> None:
        look(module, *arguments)

    handles = [layer.register_forward_pre_hook(before) for layer in layers]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
