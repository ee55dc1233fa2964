"""A set is read alike from memory and from its folder."""

from __future__ import annotations

from pathlib import Path

import condenset
from condenset.artifact.reading import folder_of, read, read_given
from condenset.core.budget import Size


def test_a_set_in_memory_is_read_as_it_would_be_saved(tmp_path: Path) -> None:
    synthetic = condenset.distill("iris", "random", size=Size(per_class=1), out=tmp_path / "made")
    with read_given(synthetic) as given, read_given(tmp_path / "made") as saved:
        assert given.path != saved.path == tmp_path / "made"
        assert given.card.sha256 == saved.card.sha256 and (given.path / given.card.data).exists()
    assert not given.path.exists()
    assert folder_of("made", tmp_path / "new") == Path("made") and not (tmp_path / "new").exists()
    assert read(folder_of(synthetic, tmp_path / "new")).card.sha256 == saved.card.sha256
