"""The convolutional tangent kernel as a share of matrix products; its own work is elementwise, without products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from condenset.bench.measurement import Measurement, Row, in_turns
from condenset.core.rng import Rng
from condenset.kernels.conv_ntk import ConvNTK

_IMAGES, _PIXELS, _SIDE = 128, 28 * 28, 2048
_PER_ENTRY = 32  # of a layer: two means of nine, an arc-cosine and a root counted as one each, the affine step


def measure() -> Iterator[Row]:
    """Three convolutions read out by flattening (KIP's), between two sets of 128 grey images of 28 x 28."""
    images = torch.rand(2, _IMAGES, 1, 28, 28, generator=Rng(0).torch())
    square = torch.ones(_SIDE, _SIDE)
    kernel, product = partial(ConvNTK(), images[0], images[1]), partial(torch.matmul, square, square)
    works: dict[str, Callable[[], Any]] = {"kernel": kernel, "product": product}
    with torch.inference_mode():
        found = in_turns(works)
    rate = 3 * _IMAGES**2 * _PIXELS * _PER_ENTRY / found["kernel"]
    ceiling = 2 * _SIDE**3 / found["product"]
    against = f"{ceiling / 1e9:.0f} GFLOP/s of a matrix product"
    yield Row("convolutional NTK, float32", rate / 1e9, "GFLOP/s", rate / ceiling, against, ("at least", 0.4))


MEASUREMENT = Measurement("quick", measure)
