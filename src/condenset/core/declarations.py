"""What the text of a module declares, read without importing it: names, a summary, the literals of a call."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

_NO_LITERAL = object()


def first_line(docstring: str | None) -> str:
    """Of a docstring; empty where there is none."""
    return (docstring or "").split("\n")[0]


def summary_of(tree: ast.Module) -> str:
    """First line of a module's docstring."""
    return first_line(ast.get_docstring(tree))


def defined(tree: ast.Module) -> set[str]:
    """The names that a module assigns, or defines as classes or functions; what it imports is not among them."""
    return {name for node in tree.body for name in _assigned(node)}


def imported_from(tree: ast.Module, package: str) -> set[str]:
    """What a module imports from a package under its own name."""
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == package]
    return {alias.name for node in imports for alias in node.names if alias.asname is None}


def call_defining(tree: ast.Module, name: str) -> ast.Call | None:
    """The call that a module assigns to a name."""
    assignments = (node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign))
    values = (node.value for node in assignments if name in _assigned(node))
    return next((value for value in values if isinstance(value, ast.Call)), None)


def is_variation(call: ast.Call) -> bool:
    """Whether a call replaces fields of another thing."""
    return ast.unparse(call.func) in ("replace", "dataclasses.replace")


def varied_module(call: ast.Call, name: str) -> str | None:
    """The module M of a call `replace(M.NAME, ...)`; None for other calls."""
    match call:
        case ast.Call(ast.Name("replace"), [ast.Attribute(ast.Name(module), other)]) if other == name:
            return module
    return None


def literals(call: ast.Call) -> dict[str, Any]:
    """The literal arguments of a call; those without a keyword are a list under the empty name."""
    return ({"": [_item(argument) for argument in call.args]} if call.args else {}) | keywords(call.keywords)


def keywords(given: Sequence[ast.keyword]) -> dict[str, Any]:
    """The literals among keyword arguments."""
    return _only_literals({keyword.arg: _literal(keyword.value) for keyword in given if keyword.arg})


def fields_of(thing: object) -> dict[str, Any]:
    """The fields of a dataclass's instance that could be literals, as the text of its call would declare them."""
    return _of_value(thing) if _has_fields(thing) else {}


def _assigned(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.Assign):
        return [t.id for t in node.targets if isinstance(t, ast.Name)]
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return [node.target.id]
    return [node.name] if isinstance(node, ast.ClassDef | ast.FunctionDef) else []


def _literal(node: ast.expr) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Call):
        return literals(node)
    if isinstance(node, ast.Tuple | ast.List):
        return [_item(item) for item in node.elts]
    try:
        return ast.literal_eval(node)
    except ValueError:
        return _NO_LITERAL


def _item(node: ast.expr) -> Any:
    return _or_none(_literal(node))


def _of_value(value: Any) -> Any:
    if _has_fields(value):
        return _only_literals({each.name: _of_value(getattr(value, each.name)) for each in fields(value)})
    if isinstance(value, Mapping):
        return _only_literals({name: _of_value(item) for name, item in value.items()})
    if isinstance(value, tuple | list):
        return [_or_none(_of_value(item)) for item in value]
    return value if value is None or isinstance(value, str | int | float) else _NO_LITERAL


def _has_fields(value: Any) -> bool:
    return is_dataclass(value) and not isinstance(value, type)


def _only_literals(entries: Mapping[Any, Any]) -> dict[Any, Any]:
    return {name: value for name, value in entries.items() if value is not _NO_LITERAL}


def _or_none(value: Any) -> Any:
    """In a list, None keeps the place of what is no literal."""
    return None if value is _NO_LITERAL else value
