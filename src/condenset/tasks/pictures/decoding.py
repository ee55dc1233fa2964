"""Encoded pictures (files or bytes) of any size and mode, decoded to one common format."""

from __future__ import annotations

import struct
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from jaxtyping import Int64, UInt8

from condenset.core.errors import DataError, RequestError
from condenset.core.untrusted_file import open_picture

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

T = TypeVar("T")

_GREY_MODES = ("1", "L", "LA", "La", "I", "I;16", "I;16B", "I;16L")
_FEW = 1000  # pictures
LARGEST_KEPT = 64  # pixels a side; larger pictures are reduced unless a size is asked for


@dataclass(frozen=True)
class Encoded:
    """One picture.

    Attributes:
        name: what messages call it, usually its path.
        content: the file, or its bytes.
    """

    name: str
    content: Path | bytes


class Header(NamedTuple):
    """Width and height of a picture in pixels, and whether it is grey."""

    width: int
    height: int
    grey: bool


@dataclass(frozen=True)
class Format:
    """The shape that all pictures are brought to: height and width in pixels, channels (1 grey, 3 colour)."""

    height: int
    width: int
    channels: int


def check_size(size: int | None) -> None:
    """Raises `RequestError` for an impossible side length."""
    if size is not None and not 4 <= size <= 1024:
        raise RequestError(f"image size {size} is impossible: give the side in pixels, between 4 and 1024, such as 32")


def common_format(items: Iterable[Encoded], size: int | None, skip_unreadable: bool) -> Format:
    """The format that suits all pictures, read from their headers.

    Raises `DataError` naming the first unreadable picture, unless these are skipped, and as `format_of` does.
    """
    return format_of(headers(items, skip_unreadable), size)


def headers(items: Iterable[Encoded], skip_unreadable: bool, whole: bool = False) -> Iterator[Header | None]:
    """Size and colour of each picture; None for one that cannot be read, where these are skipped.

    Args: whole, decode the picture too, to know that all of it can be read. Raises `DataError` naming a picture.
    """

    def look(picture: Picture) -> Header:
        header = header_of(picture)
        if whole:
            picture.load()
        return header

    return (_attempt(item, look, skip_unreadable) for item in items)


def header_of(picture: Picture) -> Header:
    """Size and colour of a picture that is open."""
    return Header(*picture.size, picture.mode in _GREY_MODES)


def format_of(heads: Iterable[Header | None], size: int | None) -> Format:
    """The format that suits pictures with these headers.

    The side is `size` where given. Otherwise pictures of one common size with sides up to 64 keep it; all others
    become squares of side 64, or 32 where that is nearer to the median shorter side or there are few pictures, which
    do not teach what more pixels show and would make every network take four times as long. Colour unless all are grey.

    Args: heads, one for each picture, or how many there are of each. Raises `DataError` where none is readable.
    """
    tally = Counter(heads)
    unreadable = tally.pop(None, 0)
    if not tally:
        raise DataError(f"none of {unreadable} pictures can be read: are these image files?")
    read = [header for header in tally if header is not None]
    channels = 1 if all(header.grey for header in read) else 3
    width, height = read[0].width, read[0].height
    if size is None and max(width, height) <= LARGEST_KEPT and len({(h.width, h.height) for h in read}) == 1:
        return Format(height, width, channels)
    shorter = np.repeat([min(h.width, h.height) for h in read], [tally[h] for h in read])
    side = size or (32 if np.median(shorter) < 48 or len(shorter) < _FEW else 64)
    return Format(side, side, channels)


def decode(
    items: Sequence[Encoded], form: Format, skip_unreadable: bool
) -> tuple[UInt8[np.ndarray, "n height width channels"], Int64[np.ndarray, " n"]]:
    """Pixels (n, height, width, channels) uint8 of the pictures and the positions (n,) in `items` they come from.

    A picture of another size is scaled until it covers the format and cut around its centre. Transparent parts
    become white, orientation marks of cameras are obeyed, 16-bit grey is reduced to 8 bits.
    Raises `DataError` naming an unreadable picture; with `skip_unreadable` it is left out with a warning.
    """
    pixels = np.empty((len(items), form.height, form.width, form.channels), dtype=np.uint8)
    kept: list[int] = []
    for position, item in enumerate(items):
        picture = _attempt(item, lambda opened: pixels_of(opened, form), skip_unreadable)
        if picture is not None:
            pixels[len(kept)] = picture
            kept.append(position)
    if len(kept) < len(items):
        first = items[min(set(range(len(items))) - set(kept))].name
        warnings.warn(f"skipped {len(items) - len(kept)} unreadable pictures, first {first}", stacklevel=2)
    return pixels[: len(kept)], np.array(kept, dtype=np.int64)


def _attempt(item: Encoded, read: Callable[[Picture], T], skip: bool) -> T | None:
    from PIL import Image

    try:
        with open_picture(item.content, item.name) as picture:
            return read(picture)
    except DataError:
        if skip:
            return None
        raise
    except (OSError, ValueError, SyntaxError, EOFError, struct.error, Image.DecompressionBombError) as error:
        if skip:
            return None
        raise DataError(
            f"{item.name} cannot be read as an image ({error}): repair it, or leave it out with --skip-unreadable"
        ) from error


def pixels_of(picture: Picture, form: Format) -> UInt8[np.ndarray, "height width channels"]:
    """An open picture as `decode` brings it to a format, (height, width, channels)."""
    from PIL import Image, ImageOps

    picture.draft(None, (2 * form.width, 2 * form.height))  # large JPEG files decode at a fraction of their size
    upright = ImageOps.exif_transpose(picture)
    if upright.mode.startswith("I"):
        upright = Image.fromarray((np.asarray(upright).clip(0, 65535) // 257).astype(np.uint8))
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        opaque = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", opaque.size, "white"), opaque)
    upright = upright.convert("L" if form.channels == 1 else "RGB")
    if upright.size != (form.width, form.height):
        upright = ImageOps.fit(upright, (form.width, form.height), Image.Resampling.BICUBIC)
    return np.asarray(upright).reshape(form.height, form.width, form.channels)
