"""A frozen encoder of pictures: what it makes of those that are not differentiated is made once."""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from condenset.core.cache import cache_folder
from condenset.core.row_memo import RowMemo
from condenset.nets.encoder_weights import encoder_body

Images = Float[Tensor, "n channels height width"]

_AT_ONCE = 16  # pictures, always: parts of other sizes would be rounded otherwise
_COLOURS = 3


class FrozenEncoder:
    """Reads pictures, normalised as it knows them, at a size in pixels of their shorter side."""

    def __init__(self, address: str, size: int) -> None:
        """Args: address, of kept weights; size, that pictures are brought to, bicubic. Raises `RequestError`."""
        self._body, self._size = encoder_body(address), size
        self._memo = RowMemo(cache_folder() / "encoded" / f"{address}-{size}")

    def __call__(self, images: Images) -> Float[Tensor, "n d"]:
        """Vectors (n, d), differentiable in the pictures where these ask for it."""
        self._body.to(images.device)
        if torch.is_grad_enabled() and images.requires_grad:
            return self._read(images)
        with torch.inference_mode(False), torch.no_grad():  # tensors of inference mode could not be learnt from
            still = images.detach().clone()
            contents = [one.numpy().data for one in still.cpu().contiguous()]
            return self._memo.of(contents, lambda new: self._in_parts(still[new])).to(images.device)

    def _in_parts(self, images: Images) -> Tensor:
        rest = -len(images) % _AT_ONCE
        padded = torch.cat([images, images[:1].expand(rest, *images.shape[1:])])
        return torch.cat([self._read(part) for part in padded.split(_AT_ONCE)])[: len(images)]

    def _read(self, images: Images) -> Tensor:
        shorter = min(images.shape[2:])
        if shorter != self._size:
            sides = [round(side * self._size / shorter) for side in images.shape[2:]]
            images = F.interpolate(images, sides, mode="bicubic", align_corners=False, antialias=True)
        coloured = images.expand(-1, _COLOURS, -1, -1)
        vectors: Tensor = self._body(coloured.contiguous(memory_format=torch.channels_last))
        return vectors


@lru_cache(maxsize=4)
def frozen_encoder(address: str, size: int) -> FrozenEncoder:
    """The encoder of an address at a size; runs of a program share it, and what it has read."""
    return FrozenEncoder(address, size)
