"""A temporary folder of this process, which is gone when the process is: at the latest when the next one begins."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from condenset.artifact.files import discard
from condenset.artifact.lock import locked
from condenset.core.errors import RequestError

_NAME = "condenset-workers-"


@contextmanager
def scratch() -> Iterator[Path]:
    """A new folder for the block. First those are removed that killed processes have left: nobody holds their locks."""
    for left in Path(tempfile.gettempdir()).glob(f"{_NAME}*"):
        with suppress(RequestError, OSError), locked(left):  # another user's is not ours to remove
            discard(left)
    folder = Path(tempfile.mkdtemp(prefix=_NAME))
    try:
        with locked(folder):
            yield folder
    finally:
        discard(folder)
