"""Networks by the shape of an example and the number of outputs, as tests give them."""

from __future__ import annotations

import torch

from condenset.core.registries import NETWORKS
from condenset.core.rng import Rng
from condenset.core.spec import Leaf
from condenset.nets.network import Network, draw_network


def leaf(shape: tuple[int, ...], name: str = "convnet") -> Leaf:
    """A grid where there are three axes; else what the architecture reads first."""
    reads = [meaning for meaning in NETWORKS.get(name.partition(":")[0]).reads if meaning != "grid"]
    return Leaf(tuple(shape), meaning="grid" if len(shape) == 3 else (reads or ["features"])[0])


def drawn(name: str, shape: tuple[int, ...], outputs: int, rng: Rng, device: torch.device | str = "cpu") -> Network:
    """A freshly initialised network."""
    return draw_network(name, leaf(shape, name), Leaf((outputs,), meaning="scores"), rng, device)
