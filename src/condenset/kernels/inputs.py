"""What a kernel may read: flattened tensors, images or graphs, refused by name where they do not fit."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.graph import Graph


def flat_inputs(inputs: Inputs, kernel: str) -> Float[Tensor, "n entries"]:
    """Each example of an (n, ...) float tensor as one row. `kernel` is the name for the message.

    Raises `RequestError` where the inputs are a graph or have no axis besides the examples.
    """
    if isinstance(inputs, Graph):
        raise RequestError(f"kernel {kernel!r} reads tensors (n, ...), got a graph of {len(inputs)} nodes: use 'sntk'")
    if inputs.ndim < 2:
        raise RequestError(f"kernel {kernel!r} reads tensors (n, ...), got shape {tuple(inputs.shape)}: add an axis")
    return inputs.flatten(1)


def image_inputs(inputs: Inputs, kernel: str) -> Float[Tensor, "n channels height width"]:
    """The same images. Raises `RequestError` where the inputs are not (n, channels, height, width)."""
    if isinstance(inputs, Graph):
        raise RequestError(f"kernel {kernel!r} reads images, got a graph of {len(inputs)} nodes: use 'sntk'")
    if inputs.ndim != 4:
        raise RequestError(
            f"kernel {kernel!r} reads images (n, channels, height, width), got shape {tuple(inputs.shape)}: "
            "use 'ntk' or 'nngp', which flatten their inputs"
        )
    return inputs


def graph_inputs(inputs: Inputs, kernel: str) -> Graph:
    """The same graph. Raises `RequestError` where the inputs are a tensor."""
    if isinstance(inputs, Graph):
        return inputs
    raise RequestError(
        f"kernel {kernel!r} reads a graph, got a tensor of shape {tuple(inputs.shape)}: "
        "wrap nodes without structure in core.graph.features_only"
    )
