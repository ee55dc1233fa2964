"""What there is, found by scanning a package: a thing is a file, its name is the file's name.

Names, summaries and literal declarations are read from the source text, so listing imports nothing heavy; the
module is imported only when the thing itself is asked for.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from condenset.core.errors import UnknownNameError

_NO_LITERAL = object()
_HERE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Registry:
    """The things registered in one package.

    Attributes:
        package: folder below condenset, dotted ("methods").
        attribute: the module-level name that each file must define ("PAPER"); files without it are helpers.
        noun: what one entry is called in messages ("method").
    """

    package: str
    attribute: str
    noun: str

    def names(self) -> tuple[str, ...]:
        """Registered names, sorted; underscores of file names read as hyphens."""
        return tuple(sorted(_scan(self.package, self.attribute)))

    def get(self, name: str) -> Any:
        """The named thing. Raises `UnknownNameError` with the nearest name."""
        module = importlib.import_module(f"condenset.{self.package}.{self._module(name)}")
        return getattr(module, self.attribute)

    def summary(self, name: str) -> str:
        """First line of the file's docstring."""
        return (ast.get_docstring(_tree(self.package, self._module(name))) or "").split("\n")[0]

    def declared(self, name: str) -> dict[str, Any]:
        """The literal keyword arguments of the call that defines the thing, read without importing it.

        A call among them is a dictionary, too, whose positional arguments are a list under the empty name. What
        `replace(other.PAPER, ...)` defines declares what the other does where it says nothing itself.
        """
        for node in _tree(self.package, self._module(name)).body:
            value = getattr(node, "value", None)
            if self.attribute in _assigned(node) and isinstance(value, ast.Call):
                return self._of_call(value)
        return {}

    def _of_call(self, call: ast.Call) -> dict[str, Any]:
        match call:
            case ast.Call(ast.Name("replace"), [ast.Attribute(ast.Name(module), self.attribute)], changes):
                return self.declared(module) | _keywords(changes)
        return _literals(call)

    def _module(self, name: str) -> str:
        known = _scan(self.package, self.attribute)
        if name.replace("_", "-") not in known:
            raise UnknownNameError(self.noun, name, known)
        return known[name.replace("_", "-")]


@cache
def _scan(package: str, attribute: str) -> dict[str, str]:
    folder = _HERE / package.replace(".", "/")
    modules = [m.name for m in pkgutil.iter_modules([str(folder)]) if not m.name.startswith("_")]
    return {m.replace("_", "-"): m for m in modules if attribute in _defined(package, m)}


@cache
def _tree(package: str, module: str) -> ast.Module:
    base = _HERE / package.replace(".", "/") / module
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf8"))


def _assigned(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Assign):
        return [t.id for t in node.targets if isinstance(t, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return [node.name] if isinstance(node, ast.ClassDef | ast.FunctionDef) else []


def _defined(package: str, module: str) -> set[str]:
    return {name for node in _tree(package, module).body for name in _assigned(node)}


def _literals(call: ast.Call) -> dict[str, Any]:
    return ({"": [_item(argument) for argument in call.args]} if call.args else {}) | _keywords(call.keywords)


def _keywords(keywords: Sequence[ast.keyword]) -> dict[str, Any]:
    found = {keyword.arg: _literal(keyword.value) for keyword in keywords if keyword.arg}
    return {name: value for name, value in found.items() if value is not _NO_LITERAL}


def _item(node: ast.expr) -> Any:
    """In a list, None keeps the place of what is no literal."""
    value = _literal(node)
    return None if value is _NO_LITERAL else value


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Call):
        return _literals(node)
    if isinstance(node, ast.Tuple | ast.List):
        return [_item(item) for item in node.elts]
    try:
        return ast.literal_eval(node)
    except ValueError:
        return _NO_LITERAL
