"""Examples as they are, stored by a codec of another package."""

from __future__ import annotations

from condenset.codecs.raw import Raw


class Untouched(Raw):
    """Stores what `raw` stores."""


CODEC = Untouched
