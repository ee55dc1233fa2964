"""A kind of data is a folder that nobody else imports from, so that it can be added, moved and left out alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import condenset

SOURCE = Path(condenset.__file__).parent
KINDS = {path.parent.name for path in SOURCE.glob("tasks/*/__init__.py") if "\nMODALITY = " in path.read_text("utf8")}


def imported(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name of condenset that is imported, dotted, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)


def foreign(path: Path) -> list[str]:
    """Imports of a file from kinds that it is no part of."""
    parts = path.relative_to(SOURCE).parts
    own = parts[1] if parts[0] == "tasks" else ""
    kinds = KINDS - {own}
    found = [(name.split("."), line) for name, line in imported(ast.parse(path.read_text("utf8")))]
    return [
        f"{path}:{line} imports from the kind {name[2]}: move what is shared out of it"
        for name, line in found
        if name[:2] == ["condenset", "tasks"] and len(name) > 2 and name[2] in kinds
    ]


def test_kinds_are_found() -> None:
    assert {"image", "tabular", "text", "graph"} <= KINDS and not {"targets", "labelled", "reading"} & KINDS


def test_a_kind_is_imported_by_no_other_file() -> None:
    wrong = [line for path in sorted(SOURCE.rglob("*.py")) for line in foreign(path)]
    assert not wrong, "\n".join(wrong)


def test_imports_of_every_form_are_seen() -> None:
    text = (
        "import condenset.tasks.text\nfrom condenset.tasks import text\nfrom condenset.tasks.text.columns import choose"
    )
    assert [name.split(".")[2] for name, _ in imported(ast.parse(text))] == ["text"] * 3
