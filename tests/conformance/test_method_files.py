"""A method is one short file that says what is its own; what two need the same is a part of the system."""

from __future__ import annotations

import ast
from itertools import combinations
from pathlib import Path

import pytest

import condenset.methods
from condenset.core.registries import METHODS

FOLDER = Path(condenset.methods.__file__).parent
IMPORTS = (ast.Import, ast.ImportFrom)


def code(name: str, *apart: type[ast.AST]) -> list[str]:
    """Lines of a method's file without docstrings, blank lines and the reported numbers; nor what else is `apart`."""
    source = (FOLDER / f"{name.replace('-', '_')}.py").read_text(encoding="utf8")
    left_out: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if text or isinstance(node, apart) or (isinstance(node, ast.keyword) and node.arg == "reported"):
            left_out |= set(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(source.splitlines(), 1)
    return [line.strip() for number, line in lines if line.strip() and number not in left_out]


def runs_of_six(lines: list[str]) -> set[tuple[str, ...]]:
    return {tuple(lines[start : start + 6]) for start in range(len(lines) - 5)}


@pytest.mark.parametrize("name", METHODS.names())
def test_a_method_fits_on_a_screen(name: str) -> None:
    assert len(code(name)) <= 60


def test_no_two_share_six_lines_but_imports() -> None:
    runs = {name: runs_of_six(code(name, *IMPORTS)) for name in METHODS.names()}
    shared = [(one, other, runs[one] & runs[other]) for one, other in combinations(runs, 2)]
    assert [found for found in shared if found[2]] == []
    assert runs_of_six(code("dm")) & runs_of_six(code("datadam")), "imports of related methods do agree"
