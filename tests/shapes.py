"""Shapes that functions and fields state are checked at run time; nothing else is, as a check takes longer than most of
what the library's functions do."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

CHECK = ast.parse("__import__('jaxtyping').jaxtyped(typechecker=__import__('beartype').beartype)", mode="eval").body
_IMPORT = re.compile(r"^from jaxtyping import (.+)$", re.MULTILINE)
_ALIAS = re.compile(r"^(\w+) = (.+)$", re.MULTILINE)


def check(package: Path) -> None:
    """Makes every module of a package, at a path, that is imported from now on check the shapes that it states."""
    aliases: set[str] = set()
    for file in package.rglob("*.py"):
        if imported := _IMPORT.search(text := file.read_text("utf8")):
            states = re.compile(rf"\b({imported[1].replace(', ', '|')})\[")
            aliases |= {name for name, value in _ALIAS.findall(text) if states.search(value)}
    sys.meta_path.insert(0, _Checking(package.name, aliases))


class _Checking(MetaPathFinder):
    def __init__(self, package: str, aliases: set[str]) -> None:
        self._inside, self._aliases = f"{package}.", aliases

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname.startswith(self._inside) else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Checked(fullname, spec.loader.path, self._aliases)
        return spec


class _Checked(SourceFileLoader):
    def __init__(self, fullname: str, path: str, aliases: set[str]) -> None:
        super().__init__(fullname, path)
        self._aliases = aliases

    def path_stats(self, path: Any) -> Any:
        raise OSError("checked code is neither read from the cache of compiled modules nor kept there")

    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1, **options: Any) -> Any:
        tree = ast.parse(data)
        named = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "jaxtyping"]
        stating = _Stating(self._aliases.union(alias.name for node in named for alias in node.names))
        return super().source_to_code(stating.visit(tree), path, _optimize=_optimize, **options)


class _Stating(ast.NodeTransformer):
    """Decorates the functions, methods and dataclasses whose annotations name a type of jaxtyping or an alias."""

    def __init__(self, names: set[str]) -> None:
        self._names = names

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if any(isinstance(line, ast.AnnAssign) and self._states(line.annotation) for line in node.body):
            node.decorator_list.insert(0, CHECK)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Functions inside are left alone: the check of each would be compiled at every call."""
        given = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        if any(map(self._states, [node.returns, *(argument.annotation for argument in given if argument)])):
            node.decorator_list.append(CHECK)  # innermost, where jaxtyping's own hook has it
        return ast.fix_missing_locations(node)

    def _states(self, annotation: ast.expr | None) -> bool:
        nodes = ast.walk(annotation) if annotation else ()
        return any(isinstance(node, ast.Name) and node.id in self._names for node in nodes)
