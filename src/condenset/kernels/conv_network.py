"""The convolutional networks that have a kernel: their plan, their readout and the blocks computed at a time."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad
from torch.utils.checkpoint import checkpoint

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.core.structure import as_grid
from condenset.kernels.arccosine import affine_step
from condenset.kernels.convolutional import EqualPositions, Moments, PositionPairs, Recursion, Side

Images = Float[Tensor, "_ channels height width"]

_WIDEST = 128  # images of a block's longer side: more are no quicker, and reach further over the diagonal


@dataclass(frozen=True)
class ConvNetwork:
    """A convolutional ReLU network of images (n, channels, height, width) with an affine output layer.

    The defaults are KIP's.

    Attributes:
        plan: one letter a layer: "c" is a 3 x 3 convolution (zero padding, same size) with ReLU, "p" is 2 x 2
            average pooling. "ccc" is KIP's network of depth 3, "cpcpcp" RFAD's; "ccpcpc" read out by pooling is
            Myrtle-5.
        readout: "flatten", or "pool" for global average pooling.
        weight_std: standard deviation of the weights (times sqrt(fan in)).
        bias_std: standard deviation of the biases.
        block_bytes: size that one covariance tensor may have, in bytes; larger problems are computed in blocks of
            images, small enough for the processor's cache. Where a gradient is wanted the blocks are 64 times larger,
            since their intermediates are recomputed in the backward pass. About ten such tensors are alive.
    """

    plan: str = "ccc"
    readout: Literal["flatten", "pool"] = "flatten"
    weight_std: float = math.sqrt(2.0)
    bias_std: float = 0.1
    block_bytes: int = 2**20

    def kernel(self, a: Inputs, b: Inputs, moment: int, name: str) -> Float[Tensor, "na nb"]:
        """Moment 0 (NNGP) or 1 (NTK) of the output layer between images (n, channels, height, width), in their dtype.

        Raises `RequestError`, naming the kernel `name`, for inputs that are no images, a plan of unknown letters
        or more poolings than the images have halvings.
        """
        rows, columns = (as_grid(tree, f"kernel {name!r}") for tree in (a, b))
        self._check(rows, name)
        wanted = torch.is_grad_enabled() and (rows.requires_grad or columns.requires_grad)
        fitting = self._fitting(rows, self.block_bytes * (64 if wanted else 1))
        recompute = wanted and fitting < len(rows) * len(columns)
        call = partial(checkpoint, use_reentrant=False, preserve_rng_state=False) if recompute else operator.call
        left = self._side(rows, fitting, call)
        right = left if columns is rows else self._side(columns, fitting, call)
        bands: list[Tensor] = []
        for chosen, pieces in _tiles(len(rows), len(columns), fitting, right is left):
            one = left.part(chosen)
            band = torch.cat([call(self._moments, one, right.part(piece))[moment] for piece in pieces], 1)
            bands.append(pad(band, (len(columns) - band.shape[1], 0)))
        whole = torch.cat(bands)
        return whole.triu() + whole.triu(1).T if right is left else whole

    @property
    def _recursion(self) -> Recursion:
        layout = PositionPairs() if self._pairs() else EqualPositions()
        return Recursion(self.plan, layout, self.weight_std, self.bias_std)

    def _pairs(self) -> bool:
        return "p" in self.plan or self.readout == "pool"

    def _moments(self, left: Side, right: Side) -> Moments:
        recursion = self._recursion
        nngp, ntk = recursion.moments(left, right)
        if self.readout == "pool":
            nngp, ntk = nngp.mean((0, 1, 2, 3)), ntk.mean((0, 1, 2, 3))
        else:
            nngp, ntk = recursion.layout.flatten(nngp), recursion.layout.flatten(ntk)
        return affine_step(nngp, ntk, self.weight_std, self.bias_std)

    def _side(self, images: Images, fitting: int, call: Callable[..., Any]) -> Side:
        arranged = images.permute(2, 3, 1, 0).contiguous()
        layers = [call(self._recursion.deviations, part) for part in torch.split(arranged, fitting, -1)]
        return Side(arranged, tuple(torch.cat(parts, -1) for parts in zip(*layers, strict=True)))

    def _fitting(self, images: Images, size: int) -> int:
        """Pairs of images whose covariance has at most so many bytes, at least one."""
        pixels = images.shape[2] * images.shape[3]
        return max(1, size // ((pixels**2 if self._pairs() else pixels) * images.element_size()))

    def _check(self, images: Images, name: str) -> None:
        if set(self.plan) - set("cp") or self.readout not in ("flatten", "pool"):
            raise RequestError(
                f"kernel {name!r} has plan {self.plan!r} and readout {self.readout!r}, expected the "
                "letters c (convolution with ReLU) and p (pooling), and readout 'flatten' or 'pool': "
                "write plan=ccpcpc,readout=pool"
            )
        halvings, side = self.plan.count("p"), min(images.shape[2:])
        if side < 2**halvings:
            raise RequestError(
                f"plan {self.plan!r} halves the image {halvings} times, expected a side of at least {2**halvings} "
                f"pixels, got {side}: take letters p out of the plan"
            )


def _tiles(rows: int, columns: int, fitting: int, same: bool) -> Iterator[tuple[slice, list[slice]]]:
    """Bands of rows, each with the pieces of columns it is computed with: few rows by many columns is quickest.

    Where rows and columns are the same images, a band begins at the diagonal.
    """
    start = 0
    while start < rows:
        first = start if same else 0
        width = min(columns - first, fitting, _WIDEST)
        stop = start + fitting // width
        yield slice(start, stop), [slice(at, at + width) for at in range(first, columns, width)]
        start = stop
