"""The front door: what is public, and that completion, type checkers and a running program see the same."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import condenset
from condenset.core import errors
from tests.conftest import ROOT


def test_completion_lists_what_is_public() -> None:
    assert dir(condenset) == sorted(condenset.__all__)
    assert {"distill", "evaluate", "load", "open_task", "Size", "SyntheticSet", "DataError"} <= set(dir(condenset))
    for name in condenset.__all__:
        assert getattr(condenset, name) is not None
    with pytest.raises(AttributeError, match=r"no attribute 'distil'; public names are .*distill"):
        condenset.distil  # noqa: B018


def test_type_checkers_see_every_public_name_where_it_is_imported_from() -> None:
    tree = ast.parse(Path(str(condenset.__file__)).read_text(encoding="utf8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name: node.module for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert ast.unparse(block.test) == "TYPE_CHECKING" and seen == condenset._PUBLIC
    assert {*seen, "__version__"} == set(condenset.__all__)
    assert (Path(str(condenset.__file__)).parent / "py.typed").exists()


def test_every_error_is_public() -> None:
    kinds = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)}
    assert kinds <= set(condenset.__all__)
    assert issubclass(condenset.DataError, condenset.RequestError)
    assert issubclass(condenset.RequestError, condenset.CondensetError)


def test_the_page_of_the_api_has_every_public_name() -> None:
    text = (ROOT / "docs/api.md").read_text(encoding="utf8")
    assert sorted(["__version__", *re.findall(r"^\.\. auto\w+:: (\w+)", text, re.MULTILINE)]) == condenset.__all__


def test_importing_imports_no_library() -> None:
    code = "import condenset, sys; dir(condenset); print([n for n in ('torch', 'pandas', 'numpy') if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
