"""The convolutional networks that have a kernel: their plan, their readout and the blocks computed at a time."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from condenset.core.batch import Inputs
from condenset.core.errors import RequestError
from condenset.kernels.arccosine import affine_step
from condenset.kernels.convolutional import EqualPositions, Moments, PositionPairs, Recursion, Side
from condenset.kernels.inputs import image_inputs

Images = Float[Tensor, "_ channels height width"]


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
        rows, columns = image_inputs(a, name), image_inputs(b, name)
        self._check(rows, name)
        wanted = torch.is_grad_enabled() and (rows.requires_grad or columns.requires_grad)
        height, width = self._block(rows, columns, self.block_bytes * (64 if wanted else 1))
        recompute = wanted and (height < len(rows) or width < len(columns))
        call = partial(checkpoint, use_reentrant=False, preserve_rng_state=False) if recompute else operator.call
        side = self._recursion.side
        left = [call(side, part) for part in torch.split(rows, height)]
        right = left if columns is rows else [call(side, part) for part in torch.split(columns, width)]
        bands: list[list[Tensor]] = []
        for i, one in enumerate(left):
            mirrored = [bands[j][i].T for j in range(i)] if right is left else []
            bands.append([*mirrored, *(call(self._moments, one, two)[moment] for two in right[len(mirrored) :])])
        return torch.cat([torch.cat(band, 1) for band in bands])

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
            nngp, ntk = nngp.flatten(2).mean(2), ntk.flatten(2).mean(2)
        else:
            nngp, ntk = recursion.layout.flatten(nngp), recursion.layout.flatten(ntk)
        return affine_step(nngp, ntk, self.weight_std, self.bias_std)

    def _block(self, rows: Images, columns: Images, size: int) -> tuple[int, int]:
        """Images of `rows` and of `columns` in a block; as many of both where they are the same."""
        pixels = rows.shape[2] * rows.shape[3]
        fitting = max(1, size // ((pixels**2 if self._pairs() else pixels) * rows.element_size()))
        if rows is columns:
            return (side := min(len(rows), math.isqrt(fitting))), side
        width = min(len(columns), max(math.isqrt(fitting), fitting // len(rows)))
        return min(len(rows), fitting // width), width

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
