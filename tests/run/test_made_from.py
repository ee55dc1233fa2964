"""A folder says what its run is made from, and no other run goes on in it or takes its set for its own."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from condenset.core.budget import Size
from condenset.core.changes import changed
from condenset.core.errors import RequestError
from condenset.methods import dm, k_means
from condenset.recipe import Recipe
from condenset.run.config import Config
from condenset.run.console import Screen
from condenset.run.distill import run
from condenset.run.made_from import holds_set, refuse_other
from condenset.run.reproduce import Plan, reproduce, settings
from condenset.starts.herding import herding
from tests.run.conftest import Cli, Killed, killed_after

CONFIG = Config("iris", "dm", Size(per_class=1), changes={"steps": 3})
FILES = {"run.toml": "seed = 1\n", "recipe.toml": 'a = 1\nb = 2\nc = 3\nd = 4\n\n[recipe]\n"source.inner" = 5\n'}


def edit(monkeypatch: pytest.MonkeyPatch, module: ModuleType, change: Callable[[Recipe], Recipe]) -> None:
    """Edits a method's file, as who works on it does."""
    method = module.METHOD
    edited = replace(method, recipe=lambda task, counts: change(method.recipe(task, counts)))
    monkeypatch.setattr(module, "METHOD", edited)


def test_the_folder_has_the_whole_recipe_and_the_datas_fingerprint(tmp_path: Path) -> None:
    done = run(CONFIG, out=tmp_path / "made")
    found = tomllib.loads((tmp_path / "made/recipe.toml").read_text(encoding="utf8"))
    assert found["recipe"]["steps"] == 3
    assert found["recipe"]["objective.distance"] == "squared_error"
    assert found["data"] == {"rows": 120, "sha256": done.task.fingerprint["sha256"]}


def test_a_run_does_not_go_on_by_a_method_that_was_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Killed):
        run(CONFIG, out=tmp_path / "cut", watch=killed_after(1))
    edit(monkeypatch, dm, lambda recipe: changed(recipe, "objective.per_group", 7))
    with pytest.raises(RequestError, match=r"recipe\.objective\.per_group was 128, is 7\)"):
        run(CONFIG, out=tmp_path / "cut", resume=True)


def test_compare_and_reproduce_take_no_set_of_a_method_that_was_edited_for_done(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("compare", "iris", "--methods", "k-means", "--exam", "quick", "--repeats", "1", "--baselines", "")
    chosen = settings(["k-means"], ["iris"], ["1 per class"], "quick")
    plan = Plan(tmp_path / "runs", tmp_path / "results", fair=False, repeats=1)
    assert cli(*words, "--out", "table").code == 0
    assert list(reproduce(chosen, plan, Screen()))
    edit(monkeypatch, k_means, lambda recipe: replace(recipe, start=herding))
    assert "recipe.start was k_means, is herding" in cli(*words, "--out", "table").err
    assert not list(reproduce(chosen, plan, Screen()))
    assert "recipe.start was k_means, is herding" in capsys.readouterr().err
    assert cli(*words, "--out", "another").code == 0


def test_compare_takes_no_set_of_other_data_for_done(cli: Cli, tmp_path: Path) -> None:
    rows = [f"{x},{x * x % 7},{'even' if x % 2 == 0 else 'odd'}\n" for x in range(40)]
    (tmp_path / "mine.csv").write_text("x,y,target\n" + "".join(rows), encoding="utf8")
    words = ("compare", "mine.csv", "--methods", "random", "--exam", "quick", "--repeats", "1", "--baselines", "")
    assert cli(*words, "--out", "table").code == 0
    (tmp_path / "mine.csv").write_text("x,y,target\n" + "".join(rows) + "3,1,odd\n", encoding="utf8")
    told = cli(*words, "--out", "table")
    assert told.code == 2
    assert "data.sha256 was" in told.err


def test_a_few_differences_are_named(tmp_path: Path) -> None:
    for name in FILES:
        (tmp_path / name).write_text(FILES[name], encoding="utf8")
    refuse_other(tmp_path, FILES)
    with pytest.raises(RequestError, match="sed was not there, is 1; seed was 1, is not there"):
        refuse_other(tmp_path, FILES | {"run.toml": "sed = 1\n"})
    with pytest.raises(RequestError, match="a was 1, is 0; b was 2, is 0; c was 3, is not there; 2 more"):
        refuse_other(tmp_path, FILES | {"recipe.toml": "a = 0\nb = 0\n"})
    (tmp_path / "run.toml").write_text("# again\nseed  =  1", encoding="utf8")
    refuse_other(tmp_path, FILES)
    (tmp_path / "recipe.toml").write_bytes(b"\xff cut o")
    with pytest.raises(RequestError, match="no TOML"):
        refuse_other(tmp_path, FILES)


def test_a_set_that_does_not_say_what_it_is_made_from_counts_for_none(tmp_path: Path) -> None:
    assert not holds_set(tmp_path, FILES)
    (tmp_path / "card.json").write_text("{}", encoding="utf8")
    with pytest.raises(RequestError, match="not what it was made from"):
        holds_set(tmp_path, FILES)
