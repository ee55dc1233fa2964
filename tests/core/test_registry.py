"""The registry reads what there is from the source text and imports only what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from condenset.core import registry
from condenset.core.errors import UnknownNameError
from condenset.core.registry import Registry
from condenset.core.rng import Rng

PAPER = '''"""Gradient matching.

More.
"""
raise RuntimeError("read, never imported")
STEPS = 3
PAPER = Paper(
    "dc", title="Condensation", steps=-1, rates=(0.1, [2, STEPS]), tasks=["image"],
    recipe=Recipe(start="real", net=Net()), seed=STEPS, none=None, **extra,
)
'''
FILES = {
    "gradient_match.py": PAPER,
    "varied.py": '"""Of that paper, too."""\nPAPER = replace(gradient_match.PAPER, steps=7, recipe=STEPS, tasks=[])\n',
    "typed.py": '"""Typed."""\nPAPER: Paper = Paper(year=2020)\n',
    "classy.py": "class PAPER:\n    pass\n",
    "helper.py": '"""No entry here."""\ndef f():\n    PAPER = 1\n',
    "_private.py": "PAPER = Paper()\n",
    "folder/__init__.py": '"""A folder."""\nPAPER = Paper(year=2024)\n',
}


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry over a package made for the test."""
    for name, text in FILES.items():
        path = tmp_path / "made" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")
    monkeypatch.setattr(registry, "_HERE", tmp_path)
    caches = (registry._scan, registry._tree)
    for cache in caches:
        cache.cache_clear()
    yield Registry("made", "PAPER", "paper")
    for cache in caches:
        cache.cache_clear()


def test_names_are_the_public_files_that_define_the_attribute(papers: Registry) -> None:
    assert papers.names() == ("classy", "folder", "gradient-match", "typed", "varied")


def test_the_summary_is_the_first_line(papers: Registry) -> None:
    assert papers.summary("gradient-match") == "Gradient matching."
    assert papers.summary("folder") == "A folder."
    assert papers.summary("classy") == ""


def test_declared_reads_literals_at_any_depth_and_leaves_out_the_rest(papers: Registry) -> None:
    assert papers.declared("gradient-match") == {
        "": ["dc"],
        "title": "Condensation",
        "steps": -1,
        "rates": [0.1, [2, None]],
        "tasks": ["image"],
        "recipe": {"start": "real", "net": {}},
        "none": None,
    }
    assert papers.declared("typed") == {"year": 2020}
    assert papers.declared("folder") == {"year": 2024}


def test_a_variation_declares_what_the_other_does_and_its_own(papers: Registry) -> None:
    assert papers.declared("varied") == papers.declared("gradient-match") | {"steps": 7, "tasks": []}


def test_a_thing_that_no_call_defines_declares_nothing(papers: Registry) -> None:
    assert papers.declared("classy") == {}


def test_underscores_and_hyphens_name_the_same_file(papers: Registry) -> None:
    assert papers.declared("gradient_match") == papers.declared("gradient-match")


@pytest.mark.parametrize(("name", "nearest"), [("gradient-matc", "gradient-match"), ("zzz", None)])
def test_an_unknown_name_is_refused_with_the_nearest(papers: Registry, name: str, nearest: str | None) -> None:
    for ask in (papers.get, papers.summary, papers.declared):
        with pytest.raises(UnknownNameError, match=f"unknown paper '{name}'") as caught:
            ask(name)
        assert caught.value.nearest == nearest


def test_the_thing_itself_is_imported_when_asked_for() -> None:
    rooms = Registry("core", "Rng", "stream")
    assert rooms.names() == ("rng",)
    assert rooms.get("rng") is Rng


def test_a_package_without_files_has_no_names(papers: Registry) -> None:
    assert Registry("absent", "PAPER", "paper").names() == ()
