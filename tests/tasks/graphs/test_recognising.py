"""What is taken for graphs: by the head of a file or the names in a folder; and nothing raises."""

from __future__ import annotations

from pathlib import Path

from condenset.tasks.graphs.recognising import recognise
from tests.tasks.graphs import example


def test_files_and_folders_of_graphs_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "shapes.txt"
    file.write_text(example.text(example.raw(6)))
    assert recognise(file) and recognise(example.folder(example.raw(6), tmp_path / "tu"))
    for name, content in (
        ("a.txt", b"some words\n"),
        ("b.txt", b"\xff\xfe\x00"),
        ("c.txt", b""),
        ("d.csv", file.read_bytes()),
    ):
        (tmp_path / name).write_bytes(content)
        assert not recognise(tmp_path / name)
    assert not recognise(tmp_path) and not recognise(tmp_path / "absent.txt")
