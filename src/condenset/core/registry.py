"""What there is, found by scanning a package: a thing is a file, its name is the file's name.

Names, summaries and literal declarations are read from the source text, so listing imports nothing heavy; the
module is imported only when the thing itself is asked for.

Other packages bring things of their own, plug-ins: an entry point of the group `condenset.methods` names a method and
the module that defines it, and likewise for every other package that is scanned.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import os
import pkgutil
import re
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from condenset.core.declarations import (
    call_defining,
    defined,
    fields_of,
    first_line,
    imported_from,
    is_variation,
    keywords,
    literals,
    summary_of,
    varied_module,
)
from condenset.core.errors import PluginError, RequestError, UnknownNameError

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_GROUPS = "condenset."  # how the names of all groups of entry points begin
_HERE = Path(__file__).resolve().parents[1]
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_MODULE = re.compile(r"\w+(\.\w+)*")


@dataclass(frozen=True)
class Registry:
    """The things registered in one package.

    Attributes:
        package: folder below condenset, dotted ("methods").
        attribute: the module-level name that each file must define ("METHOD"); files without it are helpers.
        noun: what one entry is called in messages ("method").
        plugins: whether those of other packages count.
    """

    package: str
    attribute: str
    noun: str
    plugins: bool = True

    def names(self) -> tuple[str, ...]:
        """Registered names, sorted; underscores of file names read as hyphens.

        Plug-ins that cannot be used are left out, with a warning.
        """
        for plugin in _plugins(self):
            if plugin.fault:
                _warn(str(self._error(plugin)))
        return tuple(sorted(name for name, _ in self._modules()))

    def get(self, name: str) -> Any:
        """The named thing. Raises `UnknownNameError` with the nearest name, `PluginError` saying why it fails."""
        source = self._found(name)
        if isinstance(source, str):
            return getattr(importlib.import_module(self._own(source)), self.attribute)
        try:
            return _imported(source.module, self.attribute)
        except ImportError as error:
            raise self._error(source, str(error)) from error

    def things(self) -> dict[str, Any]:
        """Every thing by its name, imported. Plug-ins that cannot be used are left out, with a warning."""
        things = {}
        for name in self.names():
            try:
                things[name] = self.get(name)
            except PluginError as error:
                _warn(str(error))
        return things

    def name_of(self, thing: object) -> str:
        """The name of a thing that was imported from where it is registered.

        Raises `RequestError` where it is registered nowhere, so that it could not be read back.
        """
        for name, module in self._modules():
            if module in sys.modules and getattr(sys.modules[module], self.attribute, None) is thing:
                return name
        label = getattr(thing, "__name__", repr(thing))
        raise RequestError(
            f"{label} is no registered {self.noun}, so it could not be read back: registered are "
            f"{', '.join(self.names())}"
        )

    def summary(self, name: str) -> str:
        """First line of the file's docstring. Raises `UnknownNameError` or `PluginError`."""
        source = self._found(name)
        return source.summary if isinstance(source, _Plugin) else summary_of(_tree(self.package, source))

    def declared(self, name: str) -> dict[str, Any]:
        """The literal keyword arguments of the call that defines the thing, read without importing it.

        A call among them is a dictionary, too, whose positional arguments are a list under the empty name. What
        `replace(other.METHOD, ...)` defines declares what the other does where it says nothing itself. A plug-in whose
        text cannot be read, or does not say this, is imported, and declares the fields of the thing that are literals.
        Raises `UnknownNameError` or `PluginError`.
        """
        source = self._found(name)
        if isinstance(source, _Plugin):
            return dict(source.declared)
        return dict(_declared(self.package, self.attribute, source))

    def _found(self, name: str) -> str | _Plugin:
        """The file of condenset's own thing, or else a plug-in; those are looked for only then."""
        wanted = name.replace("_", "-")
        own = _scan(self.package, self.attribute)
        if wanted in own:
            return own[wanted]
        named = [plugin for plugin in _plugins(self) if plugin.name == wanted]
        if not named:
            raise UnknownNameError(self.noun, name, self.names())
        plugin = min(named, key=lambda plugin: bool(plugin.fault))
        if plugin.fault:
            raise self._error(plugin)
        return plugin

    def _modules(self) -> Iterator[tuple[str, str]]:
        """Names with the modules that define them, condenset's own first."""
        for name, file in _scan(self.package, self.attribute).items():
            yield name, self._own(file)
        for plugin in _plugins(self):
            if not plugin.fault:
                yield plugin.name, plugin.module

    def _own(self, file: str) -> str:
        return f"condenset.{self.package}.{file}"

    def _error(self, plugin: _Plugin, fault: str = "") -> PluginError:
        return PluginError(self.noun, plugin.name, plugin.package, fault or plugin.fault)


@dataclass(frozen=True)
class _Plugin:
    """A thing that another package brings.

    Attributes:
        name, module: as its entry point says, the name with hyphens.
        package: the name that the package is installed under.
        summary, declared: as `Registry` gives them.
        fault: why it cannot be used; empty where nothing is known against it.
    """

    name: str
    module: str
    package: str
    summary: str = ""
    declared: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""


@cache
def _plugins(registry: Registry) -> tuple[_Plugin, ...]:
    if not registry.plugins:
        return ()
    bringers = dict.fromkeys(_scan(registry.package, registry.attribute), "condenset")
    plugins = []
    for entry in sorted(_entry_points(f"{_GROUPS}{registry.package}"), key=_origin):
        plugin = _examined(entry, registry, bringers)
        if not plugin.fault:
            bringers[plugin.name] = repr(plugin.package)
        plugins.append(plugin)
    return tuple(plugins)


def _entry_points(group: str) -> Sequence[EntryPoint]:
    """Of all installed packages, those of a group."""
    every = _every_entry_point()
    return () if every is None else tuple(every.select(group=group))


@cache
def _every_entry_point() -> Any:  # what `select` is asked of has another type from Python 3.12 on
    """Read once, since every reading opens a file of each package; None where none brings anything to condenset."""
    if not any(map(_brings, sys.path)):
        return None
    from importlib.metadata import entry_points  # here, since importing it takes longer than the reading

    return entry_points()


def _brings(folder: str) -> bool:
    """Whether a package that is installed there says that it brings something."""
    with suppress(OSError), os.scandir(folder or ".") as entries:
        return any(_says(Path(entry.path)) for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
    return False


def _says(installed: Path) -> bool:
    with suppress(OSError):
        return f"[{_GROUPS}".encode() in (installed / "entry_points.txt").read_bytes()
    return False


def _origin(entry: EntryPoint) -> tuple[str, str]:
    """Package and name."""
    return entry.dist.name if entry.dist else "", entry.name


def _examined(entry: EntryPoint, registry: Registry, bringers: Mapping[str, str]) -> _Plugin:
    """Args: bringers, who brings the names that are taken."""
    package, name = _origin(entry)
    name = name.replace("_", "-")
    if not _NAME.fullmatch(name):
        fault = "its name is not made of lower-case letters, digits and hyphens"
    elif name in bringers:
        fault = f"{bringers[name]} brings a {registry.noun} of that name"
    elif not _MODULE.fullmatch(entry.value):
        fault = f"its entry point leads to {entry.value!r}, which is no module, such as 'my_package.my_module'"
    else:
        try:
            summary, declared = _told(entry.value, registry)
            return _Plugin(name, entry.value, package, summary, declared)
        except ImportError as error:
            fault = str(error)
    return _Plugin(name, entry.value, package, fault=fault)


def _told(module: str, registry: Registry) -> tuple[str, dict[str, Any]]:
    """Summary and declaration of a plug-in, from its text where that says both. Raises `ImportError`."""
    package, attribute, tree = registry.package, registry.attribute, _text(module)
    if tree is not None and attribute in defined(tree):
        call = call_defining(tree, attribute)
        if call is None or not is_variation(call):
            return summary_of(tree), literals(call) if call else {}
        varied = varied_module(call, attribute)
        if varied in imported_from(tree, f"condenset.{package}"):
            return summary_of(tree), _declared(package, attribute, varied) | keywords(call.keywords)
    thing = _imported(module, attribute)
    return first_line(inspect.getdoc(sys.modules[module])), fields_of(thing)


def _text(module: str) -> ast.Module | None:
    """A module's text, for which only its parents are imported; None where it has none, or it is not found so.

    Raises `ImportError`.
    """
    with _as_import_error(module):
        try:
            spec = importlib.util.find_spec(module)
        except ValueError:  # a module that was made, not found
            return None
        read = getattr(spec and spec.loader, "get_source", None)
        text = read(module) if read else None
        return None if text is None else ast.parse(text, module)


def _imported(module: str, attribute: str) -> Any:
    """What a module defines. Raises `ImportError` with what went wrong, whatever it was."""
    with _as_import_error(module):
        namespace = importlib.import_module(module)
    if not hasattr(namespace, attribute):
        raise ImportError(f"{module} does not define {attribute}")
    return getattr(namespace, attribute)


@contextmanager
def _as_import_error(module: str) -> Iterator[None]:
    try:
        yield
    except (Exception, SystemExit) as error:
        raise ImportError(f"{module} cannot be imported ({type(error).__name__}: {error})") from error


@cache
def _warn(message: str) -> None:
    """Once, whatever filters there are."""
    warnings.warn(message, stacklevel=3)


@cache
def _scan(package: str, attribute: str) -> dict[str, str]:
    folder = _HERE / package.replace(".", "/")
    modules = [m.name for m in pkgutil.iter_modules([str(folder)]) if not m.name.startswith("_")]
    begun = re.compile(rf"^(?:class |def )?{attribute}\b", re.MULTILINE)  # parsing takes longer than looking for this
    likely = [m for m in modules if begun.search(_source(package, m))]
    return {m.replace("_", "-"): m for m in likely if attribute in defined(_tree(package, m))}


@cache
def _source(package: str, module: str) -> str:
    base = _HERE / package.replace(".", "/") / module
    path = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    return path.read_text(encoding="utf8")


@cache
def _tree(package: str, module: str) -> ast.Module:
    return ast.parse(_source(package, module))


@cache
def _declared(package: str, attribute: str, module: str) -> dict[str, Any]:
    call = call_defining(_tree(package, module), attribute)
    if call is None:
        return {}
    varied = varied_module(call, attribute)
    return literals(call) if varied is None else _declared(package, attribute, varied) | keywords(call.keywords)
