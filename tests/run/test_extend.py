"""Going on with a set: what is better after it, what stays, how it relates to one long run, and what is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris

import condenset
from condenset.artifact import read
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, BudgetError, RequestError
from condenset.report.page import write_page
from condenset.run.distill import run, started
from condenset.run.extend import extension
from tests.run.conftest import Killed, killed_after

SMALL = {"network": "mlp:width=128,depth=2", "source.size": 8, "source.siamese": False}
STEPS = 60


def losses(folder: Path) -> list[float]:
    lines = (folder / "log.jsonl").read_text(encoding="utf8").splitlines()
    return [sum(json.loads(line)["terms"].values()) for line in lines]


def end(folder: Path) -> float:
    """The loss that a run ended with: the median of its last quarter."""
    return median(losses(folder)[-STEPS // 4 :])


def score(folder: Path) -> float:
    graded = condenset.evaluate(folder, exam="quick", networks=("kernel",), baselines=(), repeats=1)
    return graded.average("distilled")


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of dm on digits that ended early."""
    out = tmp_path_factory.mktemp("short") / "set"
    condenset.distill("digits", "dm", size=Size(per_class=2), changes={**SMALL, "steps": STEPS}, out=out)
    return out


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A short run of dm on iris."""
    condenset.distill("iris", "dm", size=Size(per_class=2), changes={"steps": 6}, out=tmp_path / "made")
    return tmp_path / "made"


def data(folder: Path) -> bytes:
    return (folder / "data.safetensors").read_bytes()


def test_further_steps_lower_the_loss_and_come_to_what_a_long_run_does(short: Path, tmp_path: Path) -> None:
    """Three seeds ended at .83 to .88 of the loss. A long run and its two halves meet other networks under optimisers
    of another memory, so they end near each other and are not the same."""
    condenset.extend(short, steps=STEPS, out=tmp_path / "longer")
    longer = {**SMALL, "steps": 2 * STEPS}
    condenset.distill("digits", "dm", size=Size(per_class=2), changes=longer, out=tmp_path / "long")
    assert losses(tmp_path / "longer")[0] < 0.5 * losses(short)[0], "it begins where the set ended"
    assert end(tmp_path / "longer") < 0.95 * end(short)
    assert end(tmp_path / "longer") == pytest.approx(end(tmp_path / "long"), rel=0.25)
    assert data(tmp_path / "longer") != data(tmp_path / "long")
    assert score(tmp_path / "longer") > score(short) - 0.02


def test_a_larger_budget_keeps_the_items_and_scores_more(short: Path, tmp_path: Path) -> None:
    """A point at the least, where three seeds gained 1.4 to 3.6."""
    before = data(short)
    larger = condenset.extend(short, size=Size(per_class=10), out=tmp_path / "larger")
    assert torch.bincount(larger.groups).tolist() == [10] * 10 and len(losses(tmp_path / "larger")) == STEPS
    own, rows = condenset.load(short).codec.data, larger.codec.data.detach().unflatten(0, (10, 10))
    moved = (rows[:, :2].flatten(0, 1) - own).flatten(1).norm(dim=1)
    apart = torch.cdist(own.flatten(1), own.flatten(1)).fill_diagonal_(torch.inf).amin(1)
    assert (moved < 0.5 * apart).all(), "each old item is nearer to where it was than half the way to the next"
    assert score(tmp_path / "larger") > score(short) + 0.01
    assert data(short) == before


def test_an_extension_is_the_run_that_begins_at_the_set_under_its_own_seed(made: Path, tmp_path: Path) -> None:
    extended = condenset.extend(made, steps=4, out=tmp_path / "extended")
    recipe = read(tmp_path / "extended").card.recipe
    assert recipe["seed"] != 0 and recipe["steps"] == 4
    options: dict[str, Any] = {"size": Size(per_class=2), "changes": {"steps": 4}, "start": made}
    again, other = (condenset.distill("iris", "dm", seed=seed, **options) for seed in (recipe["seed"], 0))
    assert torch.equal(extended.codec.data, again.codec.data)
    assert not torch.equal(extended.codec.data, other.codec.data)
    twice = condenset.extend(extended, steps=4)
    assert twice.provenance is not None
    third = extension(read(tmp_path / "extended"), tmp_path / "extended", 4, None)
    assert len({0, recipe["seed"], third.seed}) == 3, "each meets other networks"


def test_what_was_not_said_is_as_the_set_was_made(made: Path) -> None:
    artifact = read(made)
    steps, budget = extension(artifact, made, 9, None), extension(artifact, made, None, Size(items=9))
    assert (steps.size, steps.changes) == (Size(per_class=2), {"steps": 9})
    assert (budget.size, budget.changes) == (Size(items=9), {"steps": 6})
    assert steps.start == budget.start and steps.start is not None
    assert steps.start.sha256 == artifact.card.sha256
    assert (steps.data, steps.method, steps.options, steps.precision) == ("iris", "dm", {}, "auto")
    assert extension(artifact, made, 9, None, "elsewhere.csv").data == "elsewhere.csv"


@pytest.mark.parametrize(("method", "changes"), [("dm", {}), ("kip", {}), ("dc", {})])
def test_a_killed_extension_ends_with_the_same_bytes(method: str, changes: dict[str, Any], tmp_path: Path) -> None:
    condenset.distill("iris", method, size=Size(per_class=1), changes={"steps": 3}, out=tmp_path / "made")
    config = extension(read(tmp_path / "made"), tmp_path / "made", 6, Size(per_class=2))
    run(config, out=tmp_path / "whole")
    with pytest.raises(Killed):
        run(config, out=tmp_path / "cut", watch=killed_after(4))
    run(started(tmp_path / "cut"), out=tmp_path / "cut", resume=True)
    assert data(tmp_path / "cut") == data(tmp_path / "whole")
    assert len(losses(tmp_path / "cut")) == 6


def test_the_page_shows_an_extension(made: Path, tmp_path: Path) -> None:
    condenset.extend(made, steps=3, out=tmp_path / "extended")
    text = write_page([tmp_path / "extended"], tmp_path / "page.html").read_text(encoding="utf8")
    assert "Before: what the set started from" in text and read(made).card.sha256 in text


def test_a_set_of_an_object_is_extended_in_memory_and_with_its_object(tmp_path: Path) -> None:
    frame = load_iris(as_frame=True).frame
    options: dict[str, Any] = {"target": "target", "kind": "classification"}
    changes = {"steps": 4}
    made = condenset.distill(frame, "dm", size=Size(per_class=2), changes=changes, out=tmp_path / "made", **options)
    in_memory = condenset.extend(made, size=Size(per_class=3))
    assert torch.equal(
        in_memory.codec.data, condenset.extend(tmp_path / "made", size=Size(per_class=3), data=frame).codec.data
    )
    with pytest.raises(RequestError, match="made from arrays in memory"):
        condenset.extend(tmp_path / "made", steps=2)
    with pytest.raises(RequestError, match="these data are not those the set was made from"):
        condenset.extend(made, steps=2, data=frame.iloc[1:])


def test_a_set_that_was_read_knows_the_way_to_its_data(made: Path) -> None:
    loaded, saved = (condenset.extend(given, steps=2) for given in (condenset.load(made), made))
    assert torch.equal(loaded.codec.data, saved.codec.data)


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({}, RequestError, "nothing was said of how far to go on: give --steps, or a budget"),
        ({"steps": 0}, RequestError, "0 further steps are none"),
        ({"size": Size(per_class=1)}, BudgetError, r"has 2 items of 'setosa' and this budget holds 1: .* 2 times"),
        ({"size": Size(per_class=400)}, BudgetError, "too few examples"),
        ({"steps": 2, "data": "wine"}, RequestError, "not those the set was made from"),
    ],
)
def test_a_wrong_request_writes_nothing(
    asked: dict[str, Any], error: type[Exception], said: str, made: Path, tmp_path: Path
) -> None:
    with pytest.raises(error, match=said):
        condenset.extend(made, **asked, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_coreset_cannot_take_more_steps(tmp_path: Path) -> None:
    condenset.distill("iris", "k-means", size=Size(per_class=2), out=tmp_path / "made")
    for asked in ({"steps": 5}, {"size": Size(per_class=3)}):
        with pytest.raises(RequestError, match="'k-means' chooses items and takes no steps"):
            condenset.extend(tmp_path / "made", **asked)


def test_a_set_that_no_run_made_or_that_is_damaged_is_refused(made: Path, tmp_path: Path) -> None:
    record = json.loads((made / "card.json").read_text(encoding="utf8"))
    shutil.copytree(made, tmp_path / "imported")
    imported = record | {"recipe": {"method": "imported", "format": "dc", "file": "res.pt", "size": {"items": 6}}}
    (tmp_path / "imported" / "card.json").write_text(json.dumps(imported), encoding="utf8")
    with pytest.raises(RequestError, match=r"does not say what run made .* condenset distill DATA --start .*imported"):
        condenset.extend(tmp_path / "imported", steps=2)
    assert len(
        condenset.distill("iris", "dm", size=Size(per_class=2), changes={"steps": 2}, start=tmp_path / "imported")
    )
    (made / "data.safetensors").write_bytes(data(made)[:-4] + np.float32(7).tobytes())
    with pytest.raises(ArtifactError, match="was altered"):
        condenset.extend(made, steps=2)
