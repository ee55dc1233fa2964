"""A run that begins at a saved set: it is found by its content, noted in the card, and no other takes its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import rmtree

import pytest
import torch

import condenset
from condenset.artifact import read
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.recipe import budgeted
from condenset.run.config import Config, StartSet
from condenset.run.distill import Conditions, run, started
from condenset.run.start_set import begun_at, open_start, start_set
from condenset.starts.warm_start import WarmStart
from condenset.tasks.catalogue import open_task
from tests.conftest import close
from tests.elsewhere import DEVICE, Attached
from tests.run.conftest import Killed, killed_after

CONFIG = Config("iris", "dm", Size(per_class=3), changes={"steps": 6})


@pytest.fixture
def made(tmp_path: Path) -> Path:
    condenset.distill("iris", "k-means", size=Size(per_class=2), out=tmp_path / "made")
    return tmp_path / "made"


def begun(made: Path) -> Config:
    return replace(CONFIG, start=start_set(read(made), made))


def test_a_warm_start_is_in_the_card_and_in_the_configuration_by_its_content(made: Path, tmp_path: Path) -> None:
    run(begun(made), out=tmp_path / "one")
    card, start = read(tmp_path / "one").card, read(made).card
    (asset,) = card.assets
    assert (asset.name, asset.sha256) == ("start: iris by k-means", start.sha256)
    assert asset.bytes == (made / "data.safetensors").stat().st_size
    assert card.recipe["start"] == {"set": str(made), "sha256": start.sha256}
    assert f'sha256 = "{start.sha256}"' in (tmp_path / "one" / "run.toml").read_text(encoding="utf8")
    assert f'"start.sha256" = "{start.sha256}"' in (tmp_path / "one" / "recipe.toml").read_text(encoding="utf8")


def test_a_method_begins_exactly_at_a_set_of_another_and_the_set_decides(made: Path) -> None:
    plain = condenset.distill("iris", "dm", size=Size(per_class=3), changes={"steps": 1, "optimisers.data.rate": 0.0})
    still = {"steps": 1, "optimisers.data.rate": 0.0}
    at_set = condenset.distill("iris", "dm", size=Size(per_class=3), changes=still, start=made)
    rows = at_set.codec.data.detach().unflatten(0, (3, 3))
    assert torch.equal(rows[:, :2].flatten(0, 1), condenset.load(made).codec.data)
    assert torch.equal(rows[:, 2], plain.codec.data.detach().unflatten(0, (3, 3))[:, 2])
    in_memory = condenset.distill("iris", "dm", size=Size(per_class=3), changes=still, start=condenset.load(made))
    assert torch.equal(in_memory.codec.data, at_set.codec.data)


@pytest.mark.parametrize("method", ["dm", "kip"])
def test_a_run_on_another_device_begins_at_a_set_alike(method: str, made: Path) -> None:
    """As dm stores it, and as kip does, with soft labels."""
    config = replace(begun(made), method=method, changes={"steps": 2})
    here = run(config).synthetic.state_dict()
    with Attached():
        there = run(config, conditions=Conditions(device=DEVICE)).synthetic.state_dict()
    for name, value in here.items():
        close(there[name], value, 1e-4)


def test_resuming_ends_with_the_same_bytes_and_refuses_another_set(made: Path, tmp_path: Path) -> None:
    config, cut, whole = begun(made), tmp_path / "cut", tmp_path / "whole"
    run(config, out=whole)
    with pytest.raises(Killed):
        run(config, out=cut, watch=killed_after(3))
    with pytest.raises(RequestError, match=r"another configuration \(.*start.sha256 was not there"):
        run(config, out=_other_run(tmp_path), resume=True)
    condenset.distill("iris", "herding", size=Size(per_class=2), out=tmp_path / "other")
    with pytest.raises(RequestError, match=r"another configuration \(start.set was .*made, is .*other; start.sha256"):
        run(replace(config, start=start_set(read(tmp_path / "other"), tmp_path / "other")), out=cut, resume=True)
    made.rename(tmp_path / "kept")
    (tmp_path / "other").rename(made)
    with pytest.raises(RequestError, match=r"made holds another set than the one that the run began at \(SHA-256"):
        run(started(cut), out=cut, resume=True)
    rmtree(made)
    with pytest.raises(ArtifactError, match="does not exist"):
        run(started(cut), out=cut, resume=True)
    (tmp_path / "kept").rename(made)
    run(started(cut), out=cut, resume=True)
    assert (cut / "data.safetensors").read_bytes() == (whole / "data.safetensors").read_bytes()


def _other_run(here: Path) -> Path:
    """A run that was begun without a set and killed."""
    with pytest.raises(Killed):
        run(CONFIG, out=here / "cold", watch=killed_after(2))
    return here / "cold"


def test_a_damaged_start_is_refused_before_anything_is_written(made: Path, tmp_path: Path) -> None:
    config, data = begun(made), made / "data.safetensors"
    data.write_bytes(data.read_bytes()[:-1] + b"\x01")
    with pytest.raises(ArtifactError, match="was altered"):
        run(config, out=tmp_path / "one")
    assert not (tmp_path / "one").exists()


def test_a_set_that_a_program_held_is_not_looked_for() -> None:
    with pytest.raises(RequestError, match="only a program held: begin it again there"):
        open_start(replace(CONFIG, start=StartSet("", "5e7")))
    assert open_start(CONFIG) is None


def test_a_method_without_steps_has_nothing_to_do_with_a_set(made: Path) -> None:
    artifact, task, size = read(made), open_task("iris"), Size(per_class=2)
    for method in ("k-means", "random"):
        with pytest.raises(RequestError, match=rf"'{method}' chooses items and takes no steps.* such as dm"):
            begun_at(artifact, budgeted(method, task, size, {})[1], method)
    _, labelling = budgeted("relabel", task, size, {})
    assert isinstance(begun_at(artifact, labelling, "relabel").start, WarmStart), "its finish labels any items"
    with pytest.raises(RequestError, match="'relabel' chooses items and takes no steps"):
        begun_at(artifact, replace(labelling, steps=5), "relabel")
