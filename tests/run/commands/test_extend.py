"""`condenset extend` and `distill --start`, as they are typed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import condenset
from condenset.artifact import read
from condenset.core.budget import Size
from condenset.distillation import Step
from condenset.run import watched
from tests.run.conftest import Cli, customers

SHORT = ("--set", "steps=5")


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two sets: `made`, a short run of dm on iris, and `chosen`, centres of it."""
    folder = tmp_path_factory.mktemp("sets")
    condenset.distill("iris", "dm", size=Size(per_class=2), changes={"steps": 5}, out=folder / "made")
    condenset.distill("iris", "k-means", size=Size(per_class=2), out=folder / "chosen")
    return folder


@pytest.fixture
def made(cli: Cli, sets: Path, tmp_path: Path) -> Cli:
    """The command line beside both of them."""
    shutil.copytree(sets, tmp_path, dirs_exist_ok=True)
    return cli


def test_a_set_is_extended_and_says_what_comes_next(made: Cli) -> None:
    told = made("extend", "made", "--steps", "3", "--out", "longer")
    assert told.code == 0, told.err
    assert told.out.startswith("6 items from iris by dm: ") and "; 3 steps in " in told.out
    assert "next: condenset evaluate longer" in told.out
    record = made("extend", "longer", "--per-class", "4", "--out", "larger", "--json").record
    assert (record["schema"], record["artifact"], record["steps"]) == ("condenset.distill/1", "larger", 3)
    assert len(read("larger").synthetic) == 12
    assert read("larger").card.recipe["start"] == {"set": "longer", "sha256": read("longer").card.sha256}


def test_a_set_is_where_another_method_begins(made: Cli) -> None:
    told = made("distill", "iris", "--method", "kip", "--start", "chosen", "--per-class", "3", *SHORT, "--out", "warm")
    assert told.code == 0, told.err
    assert read("warm").card.recipe["start"]["set"] == "chosen" and len(read("warm").synthetic) == 9


def test_an_interrupted_extension_goes_on_by_the_command_that_it_names(
    made: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("extend", "made", "--steps", "6", "--out", "longer", "--checkpoint-every", "0s")
    plain = watched.run

    def stopped(*given, watch, **options):
        def interrupt(step: Step, steps: int) -> None:
            watch(step, steps)
            if step.step == 3:
                raise KeyboardInterrupt

        return plain(*given, watch=interrupt, **options)

    with monkeypatch.context() as patched:
        patched.setattr(watched, "run", stopped)
        told = made(*words)
    assert told.code == 130
    assert f"go on with: condenset {' '.join(words)} --resume" in told.err
    again = made(*words, "--steps", "7", "--resume")
    assert again.code == 2 and "changes.steps was 6, is 7" in again.err
    assert made(*words, "--resume").code == 0
    assert made("extend", "made", "--steps", "6", "--out", "whole").code == 0
    assert Path("longer/data.safetensors").read_bytes() == Path("whole/data.safetensors").read_bytes()


def test_data_that_moved_are_said_and_kept_for_going_on(cli: Cli, tmp_path: Path) -> None:
    customers(tmp_path / "customers.csv")
    assert (
        cli(
            "distill",
            "customers.csv",
            "--method",
            "dm",
            "--per-class",
            "2",
            "--target",
            "churn",
            *SHORT,
            "--out",
            "made",
        ).code
        == 0
    )
    (tmp_path / "customers.csv").rename(tmp_path / "moved.csv")
    told = cli("extend", "made", "--steps", "2", "--out", "longer")
    assert told.code == 2 and "give --data, where they are now" in told.err
    assert cli("extend", "made", "--steps", "2", "--data", "moved.csv", "--out", "longer").code == 0
    assert 'data = "moved.csv"' in Path("longer/run.toml").read_text(encoding="utf8")
    assert cli("distill", "--config", "longer/run.toml", "--out", "again").code == 0
    assert Path("longer/data.safetensors").read_bytes() == Path("again/data.safetensors").read_bytes()


BAD = {
    "neither": (("extend", "made", "--out", "new"), "nothing was said of how far to go on"),
    "no steps": (("extend", "made", "--steps", "-2", "--out", "new"), "-2 further steps are none"),
    "two budgets": (("extend", "made", "--per-class", "3", "--size", "9", "--out", "new"), "got --per-class, --size"),
    "smaller budget": (("extend", "made", "--size", "3", "--out", "new"), "give one that is 2 times as large"),
    "other data": (("extend", "made", "--steps", "2", "--data", "wine", "--out", "new"), "not those the set was made"),
    "coreset": (("extend", "chosen", "--steps", "2", "--out", "new"), "'k-means' chooses items and takes no steps"),
    "no set": (("extend", "absent", "--steps", "2", "--out", "new"), "absent does not exist"),
    "its own folder": (("extend", "made", "--steps", "2", "--out", "made"), "made holds a finished set already"),
    "no start": (
        ("distill", "iris", "--method", "dm", "--start", "absent", "--per-class", "3", "--out", "new"),
        "absent does not exist",
    ),
    "start of other data": (
        ("distill", "wine", "--method", "dm", "--start", "made", "--per-class", "3", "--out", "new"),
        "the start holds examples of the classes setosa, versicolor, virginica, and 'wine' has those",
    ),
    "start with --config": (("distill", "--config", "made/run.toml", "--start", "made"), "leave out --start"),
}


@pytest.mark.parametrize("fault", BAD)
def test_what_makes_no_sense_is_refused_and_writes_nothing(fault: str, made: Cli) -> None:
    words, said = BAD[fault]
    told = made(*words)
    assert (told.code, told.out) == (2, ""), told.err
    assert said in told.err.splitlines()[-1]
    assert not Path("new").exists()
