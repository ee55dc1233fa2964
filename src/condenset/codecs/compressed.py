"""Compressed pictures: what codecs that store files of pictures check and choose alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from condenset.codecs.bits import BYTE
from condenset.core.errors import DataError, RequestError

MODES = {1: "L", 3: "RGB"}  # of pictures, by their channels
FAULTS = (OSError, DataError, SyntaxError, ValueError)  # of files that are none or damaged


def place_bytes(shape: tuple[int, int, int], bits: object, what: str, such_as: float) -> int:
    """Of an image (channels, height, width) at so many bits a place.

    Args: what, has them, in words; such_as, a number that would do. Raises `RequestError` for none above 0.
    """
    _, height, width = shape
    if isinstance(bits, bool) or not isinstance(bits, int | float) or not 0 < bits < math.inf:
        raise RequestError(f"{what} has {bits!r} bits a place: expected a number above 0, such as {such_as}")
    return math.ceil(height * width * bits / BYTE)


def best_quality(
    qualities: Sequence[int], most: int, compressed: Callable[[int], bytes], near: int | None = None
) -> int | None:
    """The highest one at which what is compressed takes at most so many bytes; None where none is low enough.

    Args: near, one of them, where to look first; fewer are tried the nearer it is. Default: in the middle.
    """
    fits, above, stride = -1, len(qualities), 1
    at = above // 2 if near is None else qualities.index(near)
    while above - fits > 1:
        if len(compressed(qualities[at])) <= most:
            fits, at = at, at + stride
        else:
            above, at = at, at - stride
        stride = 2 * stride
        if not fits < at < above:
            at = (fits + above) // 2
    return None if fits < 0 else qualities[fits]
