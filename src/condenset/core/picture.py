"""Opens pictures that others may have made: of formats that need no other program, of a size that memory holds."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from condenset.core.limits import limits
from condenset.core.regular_file import open_regular

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# Pillow goes by the content and not by the name, and hands some formats, such as EPS, to programs that it starts.
FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "AVIF", "TIFF", "PPM")


@contextmanager
def open_picture(content: Path | bytes, name: str) -> Iterator[Picture]:
    """The picture, of which no pixel is decoded yet; read while the block lasts.

    Args: content, a file or its bytes; name, what messages call it.
    Raises `DataError` for what is no regular file and for too many pixels, and what Pillow meets in a damaged one, an
    `OSError` for the most part.
    """
    file = io.BytesIO(content) if isinstance(content, bytes) else open_regular(content)
    with file, _of_any_size(file) as picture:
        limits().check("pixels", picture.width * picture.height, name)
        yield picture


def _of_any_size(file: io.BytesIO | io.BufferedReader) -> Picture:
    """The picture, whose size Pillow would judge by a number of its own."""
    from PIL import Image

    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        return Image.open(file, formats=FORMATS)
    finally:
        Image.MAX_IMAGE_PIXELS = before
