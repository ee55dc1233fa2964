"""The registry reads what there is from the source text and imports only what is asked for."""

from __future__ import annotations

import py_compile
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from condenset.core import registry
from condenset.core.errors import PluginError, RequestError, UnknownNameError
from condenset.core.registry import Registry
from condenset.core.rng import Rng
from tests.installing import install

METHOD = '''"""Gradient matching.

More.
"""
raise RuntimeError("read, never imported")
STEPS = 3
METHOD = Method(
    "dc", title="Condensation", steps=-1, rates=(0.1, [2, STEPS]), tasks=["image"],
    recipe=Recipe(start="real", net=Net()), seed=STEPS, none=None, **extra,
)
'''
FILES = {
    "gradient_match.py": METHOD,
    "varied.py": '"""Of it, too."""\nMETHOD = replace(gradient_match.METHOD, steps=7, recipe=STEPS, tasks=[])\n',
    "typed.py": '"""Typed."""\nMETHOD: Method = Method(year=2020)\n',
    "classy.py": "class METHOD:\n    pass\n",
    "helper.py": '"""No entry here."""\ndef f():\n    METHOD = 1\n',
    "_private.py": "METHOD = Method()\n",
    "folder/__init__.py": '"""A folder."""\nMETHOD = Method(year=2024)\n',
}


@pytest.fixture
def papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    """A registry over a package made for the test."""
    for name, text in FILES.items():
        path = tmp_path / "made" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf8")
    monkeypatch.setattr(registry, "_HERE", tmp_path)
    caches = (registry._scan, registry._tree, registry._plugins, registry._every_entry_point, registry._warn)
    for cache in caches:
        cache.cache_clear()
    yield Registry("made", "METHOD", "paper")
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
    assert Registry("absent", "METHOD", "paper").names() == ()


VALUE = """from dataclasses import dataclass, replace
@dataclass
class Method:
    year: int
    tasks: tuple = ("image",)
    recipe: object = len
    reported: tuple = ()
"""
PLUGINS = {
    "__init__.py": "",
    "plain.py": '"""Plain.\n\nMore."""\nraise RuntimeError("no")\nMETHOD = Method(year=2001, recipe=f)\n',
    "works.py": '"""Works."""\nfrom ideas import values\nMETHOD = values.Method(2002)\n',
    "values.py": VALUE,
    "elsewhere.py": '"""Elsewhere."""\nfrom ideas.works import METHOD\n',
    "varied.py": '"""Varied."""\nfrom condenset.made import typed\nMETHOD = replace(typed.METHOD, year=7, tasks=[])\n',
    "sibling.py": '"""Sibling."""\nfrom ideas import works\nfrom ideas.values import replace\n'
    "METHOD = replace(works.METHOD, year=2003, reported=(works.METHOD, len))\n",
    "compiled.py": '"""Compiled."""\nfrom ideas.values import Method\nMETHOD = Method(2004)\n',
    "lacking.py": '"""Lacks it."""\n',
    "garbled.py": "METHOD = (\n",
    "quits.py": "import sys\nfrom ideas.works import *\nsys.exit(3)\n",
    "broken/__init__.py": "1 / 0\n",
}
Install = Callable[..., None]


@pytest.fixture
def bring(papers: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Installs a package whose entry points are the given names; its modules are those of PLUGINS."""
    site = tmp_path / "site"

    def bring(package: str = "my-ideas", group: str = "condenset.made", **points: str) -> None:
        names = {name.replace("_", "-"): module for name, module in points.items()}
        install(site, package, {group: names}, {f"ideas/{path}": text for path, text in PLUGINS.items()})
        compiled = site / "ideas" / "compiled.py"
        py_compile.compile(str(compiled), str(compiled.with_suffix(".pyc")), doraise=True)
        compiled.unlink()
        monkeypatch.syspath_prepend(site)

    yield bring
    for name in [name for name in sys.modules if name.split(".")[0] == "ideas"]:
        del sys.modules[name]


def test_a_plug_in_is_read_like_a_file_of_the_room(papers: Registry, bring: Install) -> None:
    bring(my_plain="ideas.plain")
    assert papers.names() == ("classy", "folder", "gradient-match", "my-plain", "typed", "varied")
    assert papers.summary("my-plain") == papers.summary("my_plain") == "Plain."
    assert papers.declared("my-plain") == {"year": 2001}
    assert "ideas.plain" not in sys.modules


def test_a_plug_in_is_imported_when_asked_for_and_its_name_is_found_again(papers: Registry, bring: Install) -> None:
    bring(mine="ideas.works")
    thing = papers.get("mine")
    assert thing is sys.modules["ideas.works"].METHOD
    assert papers.name_of(thing) == "mine"
    with pytest.raises(RequestError, match="is no registered"):
        papers.name_of(object())
    assert papers.names() == Registry("made", "METHOD", "paper").names()


@pytest.mark.parametrize(
    ("module", "summary", "declared"),
    [
        ("elsewhere", "Elsewhere.", {"year": 2002, "tasks": ["image"], "reported": []}),
        ("compiled", "Compiled.", {"year": 2004, "tasks": ["image"], "reported": []}),
        ("varied", "Varied.", {"year": 7, "tasks": []}),
        (
            "sibling",
            "Sibling.",
            {
                "year": 2003,
                "tasks": ["image"],
                "reported": [{"year": 2002, "tasks": ["image"], "reported": []}, None],
            },
        ),
    ],
)
def test_what_the_text_does_not_say_the_thing_says(
    papers: Registry, bring: Install, module: str, summary: str, declared: dict[str, object]
) -> None:
    bring(mine=f"ideas.{module}")
    assert papers.summary("mine") == summary
    assert papers.declared("mine") == declared
    assert (f"ideas.{module}" in sys.modules) == (module != "varied"), "imported only where it must be"


@pytest.mark.parametrize(
    ("name", "module", "reason"),
    [
        ("absent", "nowhere.at_all", "ModuleNotFoundError: No module named 'nowhere'"),
        ("absent", "ideas.at_all", "ModuleNotFoundError: No module named 'ideas.at_all'"),
        ("parent", "ideas.broken.works", "ZeroDivisionError"),
        ("lacking", "ideas.lacking", "ideas.lacking does not define METHOD"),
        ("garbled", "ideas.garbled", "SyntaxError"),
        ("quits", "ideas.quits", "SystemExit: 3"),
        ("pointed", "ideas.works:METHOD", "'ideas.works:METHOD', which is no module"),
        ("Loud", "ideas.works", "lower-case letters"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_named_once_and_left_out(
    papers: Registry, bring: Install, name: str, module: str, reason: str
) -> None:
    bring(**{name: module, "works": "ideas.works"})
    with pytest.warns(UserWarning, match=f"the paper '{name}' of the package 'my-ideas' cannot be used") as caught:
        assert papers.names() == ("classy", "folder", "gradient-match", "typed", "varied", "works")
    assert len(caught) == 1 and reason in str(caught[0].message)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        papers.names()
    for ask in (papers.get, papers.summary, papers.declared):
        with pytest.raises(PluginError, match=f"the paper '{name}' of the package 'my-ideas'") as error:
            ask(name)
        assert reason in str(error.value)


def test_a_plug_in_that_fails_only_when_imported_is_listed_and_named_when_asked_for(
    papers: Registry, bring: Install
) -> None:
    bring(group="condenset.core", plain="ideas.plain", works="ideas.works")
    rooms = Registry("core", "METHOD", "paper")
    assert rooms.names() == ("plain", "works")
    with pytest.raises(PluginError, match=r"'plain' of the package 'my-ideas' .*RuntimeError: no"):
        rooms.get("plain")
    with pytest.warns(UserWarning, match="'plain' of the package 'my-ideas'"):
        assert rooms.things() == {"works": rooms.get("works")}


@pytest.mark.parametrize("points", [{"typed": "ideas.works"}, {"gradient_match": "ideas.works"}])
def test_a_plug_in_does_not_replace_what_is_there(papers: Registry, bring: Install, points: dict[str, str]) -> None:
    before = papers.declared("typed"), papers.declared("gradient-match")
    bring(**points)
    with pytest.warns(UserWarning, match="'my-ideas' cannot be used: condenset brings a paper of that name"):
        names = papers.names()
    assert names == ("classy", "folder", "gradient-match", "typed", "varied")
    assert (papers.declared("typed"), papers.declared("gradient-match")) == before


def test_of_two_packages_the_first_one_that_works_has_the_name(papers: Registry, bring: Install) -> None:
    bring("a-broken", mine="ideas.lacking")
    bring("b-works", mine="ideas.works")
    bring("c-late", mine="ideas.plain")
    with pytest.warns(UserWarning) as caught:
        papers.names()
    assert [str(warning.message).split("; ")[0].partition("package ")[2] for warning in caught] == [
        "'a-broken' cannot be used: ideas.lacking does not define METHOD",
        "'c-late' cannot be used: 'b-works' brings a paper of that name",
    ]
    assert papers.get("mine").year == 2002


def test_plug_ins_are_of_their_group_and_are_looked_for_only_where_they_count(
    papers: Registry, bring: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(group="condenset.other", mine="ideas.works")
    assert "mine" not in papers.names()
    monkeypatch.setattr(registry, "_every_entry_point", lambda: pytest.fail("entry points were read"))
    for cache in (registry._plugins, registry._scan):
        cache.cache_clear()
    assert papers.summary("typed") == "Typed."
    assert "typed" in Registry("made", "METHOD", "paper", plugins=False).names()
