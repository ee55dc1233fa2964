"""A temporary folder of this process, which is gone when the process is: at the latest when the next one begins."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from condenset.artifact.files import discard
from condenset.core.errors import RequestError
from condenset.core.lock import locked

_NAME = "condenset-w-"  # short, since sockets lie in it, whose paths hold a hundred characters


@contextmanager
def scratch(root: Path | None = None) -> Iterator[Path]:
    """A new folder for the block. First those are removed that killed processes have left: nobody holds their locks.

    Args: root, where it lies; the system's temporary folder when None.
    """
    root = root or Path(tempfile.gettempdir())
    for left in root.glob(f"{_NAME}*"):
        with suppress(RequestError, OSError), locked(left):  # another user's is not ours to remove
            discard(left)
    folder = Path(tempfile.mkdtemp(prefix=_NAME, dir=root))
    try:
        with locked(folder):
            yield folder
    finally:
        discard(folder)
