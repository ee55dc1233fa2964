"""The convolutional tangent kernel as a share of matrix products; its own work is elementwise, without products."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import torch

from condenset.bench.machine import matrix_product, rate_row
from condenset.bench.measurement import BenchRow, Measurement, in_turns
from condenset.core.rng import Rng
from condenset.kernels.conv_ntk import ConvNTK

_IMAGES, _PIXELS = 128, 28 * 28
_PER_ENTRY = 32  # of a layer: two means of nine, an arc-cosine and a root counted as one each, the affine step


def measure() -> Iterator[BenchRow]:
    """Three convolutions read out by flattening (KIP's), between two sets of 128 grey images of 28 x 28."""
    images = torch.rand(2, _IMAGES, 1, 28, 28, generator=Rng(0).torch())
    with torch.inference_mode():
        seconds = in_turns(
            {"kernel": partial(ConvNTK(), images[0], images[1]), "product": matrix_product(torch.float32)}
        )
    work = 3 * _IMAGES**2 * _PIXELS * _PER_ENTRY
    yield rate_row("convolutional NTK, float32", work, seconds["kernel"], seconds["product"], ("at least", 0.4))


MEASUREMENT = Measurement("quick", measure)
