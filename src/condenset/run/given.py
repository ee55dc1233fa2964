"""A set as a program gives it: in memory, or by the folder that it is saved in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from condenset.artifact.reading import Artifact, read
from condenset.synthetic import SyntheticSet


def folder_of(given: SyntheticSet | str | Path, new: Path) -> Path:
    """Where a set is saved; one in memory is taken as it would be saved, in the folder `new`."""
    return given.save(new) if isinstance(given, SyntheticSet) else Path(given)


@contextmanager
def read_given(given: SyntheticSet | str | Path) -> Iterator[Artifact]:
    """The set as it is read; the files of one in memory last as long as the block. Raises `ArtifactError`."""
    with TemporaryDirectory() as temporary:
        yield read(folder_of(given, Path(temporary) / "set"))
