"""Whether a path holds labelled graphs: from the first lines of a file, or the names in a folder."""

from __future__ import annotations

from pathlib import Path

from condenset.core.errors import CondensetError
from condenset.core.untrusted_file import is_regular, open_regular
from condenset.tasks.graphs.text_file import looks_like_graphs
from condenset.tasks.graphs.tu_folder import tu_name

_HEAD = 2**14  # bytes that tell


def recognise(path: Path) -> bool:
    """Whether a path is a text file of graphs, or a folder of the TU collection."""
    try:
        if path.is_dir():
            return tu_name(path) is not None
        if path.suffix.lower() != ".txt" or not is_regular(path):
            return False
        with open_regular(path) as file:
            return looks_like_graphs(file.read(_HEAD).decode("utf-8", "replace"))
    except (OSError, ValueError, CondensetError):
        return False
