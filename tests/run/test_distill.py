"""A run writes a folder that repeats, resumes to the same bytes, and is not begun where it would not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

import condenset
from condenset.artifact import read
from condenset.artifact.checkpoint import LATEST, save_checkpoint
from condenset.artifact.folder import RunFolder
from condenset.artifact.tensor_file import opened
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, BudgetError, LimitReached, RequestError
from condenset.distillation import Step
from condenset.prediction import Prediction, predict
from condenset.recipe import budgeted
from condenset.run.config import Config, read_config
from condenset.run.distill import Conditions, run, started
from condenset.sources.pool import RunningPool
from condenset.sources.source import Draw
from condenset.tasks.catalogue import open_task
from tests.conftest import close
from tests.elsewhere import DEVICE, Attached
from tests.run.conftest import Cli, Killed, killed_after

CONFIG = Config("iris", "dm", Size(per_class=2), seed=3, changes={"steps": 12})
RUNS = {
    "pool and momentum": CONFIG,
    "Adam and soft labels": Config("iris", "kip", Size(per_class=2), changes={"steps": 12}),
    "a network that is trained along": Config("iris", "dc", Size(per_class=2), changes={"steps": 12}),
}


def data(folder: Path) -> bytes:
    return (folder / "data.safetensors").read_bytes()


@pytest.mark.parametrize("config", RUNS.values(), ids=RUNS)
def test_a_run_on_another_device_is_killed_resumed_and_saved_alike(config: Config, tmp_path: Path) -> None:
    run(config, out=tmp_path / "here")
    there, conditions = tmp_path / "there", Conditions(device=DEVICE, checkpoint_every=0.0)
    with Attached():
        with pytest.raises(Killed):
            run(config, out=there, conditions=conditions, watch=killed_after(5))
        run(started(there), out=there, resume=True, conditions=conditions)
    assert [line["step"] for line in RunFolder(there).lines()] == list(range(1, 13))
    expected, found = (read(folder).synthetic.state_dict() for folder in (tmp_path / "here", there))
    for name, value in expected.items():
        close(found[name], value, 1e-4)


@pytest.mark.parametrize("config", RUNS.values(), ids=RUNS)
@pytest.mark.parametrize("checkpoint_every", [0.0, 60.0])
def test_a_run_killed_twice_ends_with_the_same_bytes(config: Config, checkpoint_every: float, tmp_path: Path) -> None:
    whole = run(config, out=tmp_path / "whole")
    cut, conditions = tmp_path / "cut", Conditions(checkpoint_every=checkpoint_every)
    for steps in (4, 9):
        with pytest.raises(Killed):
            run(config, out=cut, resume=True, conditions=conditions, watch=killed_after(steps))
    seen: list[int] = []
    ended = run(started(cut), out=cut, resume=True, watch=lambda step, _: seen.append(step.step))
    assert seen[0] == (10 if checkpoint_every == 0 else 1), "it goes on after the last checkpoint"
    assert data(cut) == data(tmp_path / "whole")
    assert [line["step"] for line in RunFolder(cut).lines()] == list(range(1, 13))
    assert ended.steps == whole.steps == 12
    assert not list(cut.glob("*checkpoint*"))


def test_the_saved_configuration_repeats_the_run(tmp_path: Path) -> None:
    run(CONFIG, out=tmp_path / "one")
    assert read_config(tmp_path / "one" / "run.toml") == CONFIG
    run(read_config(tmp_path / "one" / "run.toml"), out=tmp_path / "two")
    assert data(tmp_path / "one") == data(tmp_path / "two")


def test_another_seed_gives_another_set(tmp_path: Path) -> None:
    sets = [run(Config("iris", "dm", Size(per_class=2), seed, changes={"steps": 2})).synthetic for seed in (0, 1)]
    assert not torch.equal(sets[0].decode().inputs, sets[1].decode().inputs)  # type: ignore[arg-type]


def test_a_run_is_not_resumed_with_another_configuration(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        run(CONFIG, out=tmp_path / "cut", watch=killed_after(3))
    other = Config("iris", "dm", Size(per_class=3), seed=3, changes={"steps": 12})
    with pytest.raises(RequestError, match="another configuration"):
        run(other, out=tmp_path / "cut", resume=True)
    with pytest.raises(RequestError, match="continue it with --resume"):
        run(CONFIG, out=tmp_path / "cut")


@pytest.mark.parametrize("conditions", [Conditions(memory=2**20), Conditions(time=1e-6)])
def test_a_run_that_would_not_fit_is_refused_and_leaves_nothing(conditions: Conditions, tmp_path: Path) -> None:
    with pytest.raises(BudgetError, match="allowed"):
        run(CONFIG, out=tmp_path / "made", conditions=conditions)
    assert not (tmp_path / "made").exists()


def test_an_empty_folder_of_the_user_survives_a_refusal(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(RequestError):
        run(Config("iris", "gcond", Size(per_class=2)), out=tmp_path / "mine")
    assert (tmp_path / "mine").is_dir()


def test_the_limits_do_not_change_the_result(tmp_path: Path) -> None:
    run(CONFIG, out=tmp_path / "free")
    run(CONFIG, out=tmp_path / "limited", conditions=Conditions(memory=2**40, time=3600.0))
    assert data(tmp_path / "free") == data(tmp_path / "limited")


def test_a_run_keeps_its_pool_within_the_memory_that_its_prediction_leaves_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the networks of 34 megabytes that twelve steps meet, two fit; the set is that of a run that holds them all."""
    changes = {"network": "mlp:width=2048,depth=3", "steps": 12, "source.size": 12, "objective.per_group": 4}
    config, task = Config("digits", "dm", Size(per_class=1), changes=changes), open_task("digits")
    counts, recipe = budgeted(config.method, task, config.size, config.changes)
    whole = predict(task, recipe, counts, config.seed)
    limit = whole.memory - whole.pool * 3 // 4
    held: list[int] = []

    def watched(pool: RunningPool, born: int) -> Draw:
        held.append(pool.nbytes)
        return drawn(pool, born)

    drawn = RunningPool.draw
    monkeypatch.setattr(RunningPool, "draw", watched)
    monkeypatch.setattr("condenset.run.distill._spent", lambda *_: "")  # tests before it left this process large
    run(config, task=task, out=tmp_path / "limited", conditions=Conditions(memory=limit))
    assert max(held[-12:]) < 0.35 * whole.pool
    run(config, task=task, out=tmp_path / "whole")
    assert max(held[-12:]) > 0.5 * whole.pool  # twelve draws meet seven networks and more
    assert data(tmp_path / "whole") == data(tmp_path / "limited")


@pytest.mark.parametrize("method", ["dm", "kip"])
def test_a_budget_in_bytes_is_kept(method: str) -> None:
    synthetic = condenset.distill("iris", method, size=Size(bytes=400), changes={"steps": 1})
    assert 0 < synthetic.nbytes().total <= 400


def test_changes_reach_the_recipe() -> None:
    counts, recipe = budgeted(CONFIG.method, open_task("iris"), CONFIG.size, CONFIG.changes)
    assert counts.tolist() == [2, 2, 2]
    assert recipe.steps == 12


def test_the_front_door_distils_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    synthetic = condenset.distill("iris", "random", size=Size(items=4))
    assert len(synthetic.groups) == 4
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    """The folder of a run that was killed behind a checkpoint."""
    with pytest.raises(Killed):
        run(CONFIG, out=tmp_path / "cut", conditions=Conditions(checkpoint_every=0.0), watch=killed_after(3))
    return tmp_path / "cut"


def test_what_a_run_was_begun_as_cannot_be_edited_before_it_goes_on(cut: Path) -> None:
    before = (cut / "run.toml").read_text()
    (cut / "run.toml").write_text(before.replace("seed = 3", "seed = 4"))
    (cut / "recipe.toml").unlink()
    with pytest.raises(ArtifactError, match=r"is of another run than run\.toml and recipe\.toml say"):
        run(started(cut), out=cut, resume=True)
    (cut / "run.toml").write_text(before)
    assert run(started(cut), out=cut, resume=True).steps == 12


@pytest.mark.parametrize("counters", [[10**9, 0], [-5, 0], [3, 7]])
def test_a_checkpoint_of_an_impossible_step_is_refused(cut: Path, counters: list[int]) -> None:
    with opened(cut / LATEST) as file:
        tensors, metadata = file.read()
    for _ in range(2):
        save_checkpoint(tensors | {"counters": torch.tensor(counters)}, cut, metadata["made_from"])
    with pytest.raises(ArtifactError, match="checkpoint does not fit the run"):
        run(started(cut), out=cut, resume=True)


def test_links_and_leftovers_in_a_run_folder(cut: Path, tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("kept")
    (cut / ".partial-left").mkdir()
    (cut / "start.png").unlink()
    (cut / "start.png").symlink_to(tmp_path / "theirs")
    with pytest.raises(RequestError, match=r"holds the link start\.png"):
        run(started(cut), out=cut, resume=True)
    (cut / "start.png").unlink()
    run(started(cut), out=cut, resume=True)
    assert (tmp_path / "theirs").read_text() == "kept"
    assert not [path.name for path in cut.iterdir() if path.name.startswith(".")]


def test_two_runs_do_not_write_one_folder(tmp_path: Path) -> None:
    def meddle(step: Step, _: int) -> None:
        if step.step == 2:
            with pytest.raises(RequestError, match="another process writes in"):
                run(CONFIG, out=tmp_path / "made", resume=True)

    run(CONFIG, out=tmp_path / "made", watch=meddle)
    assert [line["step"] for line in RunFolder(tmp_path / "made").lines()] == list(range(1, 13))
    assert not (tmp_path / "made" / ".lock").exists()


@pytest.mark.parametrize("limit", [{"time": 1e-9}, {"memory": 2**20}])
def test_a_run_that_comes_to_its_limit_stops_and_goes_on_to_the_same_bytes(
    limit: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Prediction, "within", lambda *_: None)  # which would have refused it at its start
    config = Config("iris", "dm", Size(per_class=1), changes={"steps": 3})
    for step in (1, 2):
        with pytest.raises(LimitReached, match=f"allowed.* after step {step} of 3"):
            run(config, out=tmp_path / "cut", resume=step > 1, conditions=Conditions(**limit))
        assert RunFolder(tmp_path / "cut").lines()[-1]["step"] == step
    run(config, out=tmp_path / "cut", resume=True, conditions=Conditions(**limit))
    run(config, out=tmp_path / "whole")
    cut, whole = ((tmp_path / name / "data.safetensors").read_bytes() for name in ("cut", "whole"))
    assert cut == whole


def test_a_limit_that_is_reached_is_said_with_what_goes_on(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Prediction, "within", lambda *_: None)
    words = ("distill", "iris", "--method", "dm", "--per-class", "1", "--set", "steps=3", "--out", "made")
    told = cli(*words, "--max-time", "0.001s")
    again = f"condenset {' '.join(words)} --max-time 0.001s --resume"
    assert told.code == 130
    assert told.err.splitlines()[-1] == f"stopped: the 0.001 s allowed are over after step 1 of 3; go on with: {again}"
