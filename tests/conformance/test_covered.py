"""Everything registered has a test file of its name, or a method a row, so nothing can be added without one."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from pathlib import Path

import pytest

from condenset.core.registries import CODECS, FINISHES, KERNELS, LABELS, METHODS, MODALITIES, NETWORKS, STARTS
from condenset.core.registry import Registry
from condenset.evaluation.exam import exam_names
from tests.methods.test_ahead_of_random import AHEAD, FORECASTS

TESTS = Path(__file__).resolve().parents[1]
REGISTRIES = tuple(replace(kind, plugins=False) for kind in (CODECS, LABELS, STARTS, FINISHES, NETWORKS, KERNELS))
OWN_METHODS = replace(METHODS, plugins=False)
# parts that no name selects
SCANNED = ("signals", "samplers", "sources", "objectives", "learners", "evaluation")


def expected() -> Iterator[str]:
    """Paths of test files, relative to the tests."""
    for registry in REGISTRIES:
        yield from (f"{registry.package}/test_{name.replace('-', '_')}.py" for name in registry.names())
    for room in SCANNED:
        modules = {module.name for module in pkgutil.iter_modules(import_module(f"condenset.{room}").__path__)}
        interface = room.removesuffix("s")  # signals/signal.py says what a signal is, and is none
        yield from (f"{room}/test_{name}.py" for name in modules - {interface})
    names = replace(MODALITIES, plugins=False).names()
    yield from (f"tasks/{name.replace('-', '_')}/test_loading.py" for name in names)


@pytest.mark.parametrize("path", sorted(expected()))
def test_it_has_a_test(path: str) -> None:
    assert (TESTS / path).exists(), f"no tests/{path}: write one"
    assert "def test_" in (TESTS / path).read_text(encoding="utf8")


@pytest.mark.parametrize("name", OWN_METHODS.names())
def test_a_method_has_a_row_or_a_test_of_its_own(name: str) -> None:
    own = TESTS / "methods" / f"test_{name.replace('-', '_')}.py"
    has_own = own.exists() and "def test_" in own.read_text(encoding="utf8")
    rows = {row.method for row in (*AHEAD, *FORECASTS)}
    assert has_own or name in rows, f"no row in tests/methods/test_ahead_of_random.py and no {own.name}: write one"


@pytest.mark.parametrize("registry", [*REGISTRIES, OWN_METHODS, MODALITIES], ids=lambda registry: registry.package)
def test_a_registry_holds_things_of_one_kind_under_their_files_names(registry: Registry) -> None:
    assert registry.names()
    for name in registry.names():
        assert not isinstance(registry.get(name), Registry), "the registry lists itself"
        assert registry.summary(name), f"{name} has no docstring to be listed by"
        assert name == name.lower().strip()


def test_exams_are_registered_as_files() -> None:
    assert len(exam_names()) == len(set(exam_names())) > 0
