"""The data of a saved set: found as its card says, where they lie now, or in what the set holds on to; no others."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from sklearn.datasets import load_iris

import condenset
from condenset.artifact.card import Fingerprint
from condenset.artifact.reading import read
from condenset.core.budget import Size
from condenset.core.errors import RequestError
from condenset.run.own_data import open_artifact_task, own_task, require_same_inputs

FRAME: pd.DataFrame = load_iris(as_frame=True).frame


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A set of a file of the user's."""
    FRAME.to_csv(tmp_path / "iris.csv", index=False)
    condenset.distill(str(tmp_path / "iris.csv"), "random", size=Size(per_class=2), out=tmp_path / "made")
    return tmp_path / "made"


def test_other_data_are_refused(tmp_path: Path) -> None:
    condenset.distill("iris", "random", size=Size(per_class=2), out=tmp_path / "made")
    with pytest.raises(RequestError, match=r"'wine' are not those the set was made from .*: give the same data, or"):
        open_artifact_task(read(tmp_path / "made"), "wine")
    assert open_artifact_task(read(tmp_path / "made")).name == "iris"


def test_data_that_are_not_there_any_more_are_asked_for(made: Path) -> None:
    moved = made.parent / "moved.csv"
    (made.parent / "iris.csv").rename(moved)
    with pytest.raises(RequestError, match=r"cannot be opened \(.*no file or folder .*\): give --data, where they are"):
        own_task(made, read(made), None, {})
    with pytest.raises(RequestError, match=r"^there is no file or folder 'nowhere/at.csv'"):
        own_task(made, read(made), "nowhere/at.csv", {})
    opened = own_task(made, read(made), moved, {})
    assert Fingerprint(**opened.fingerprint) == read(made).card.task.fingerprint


def test_a_set_in_memory_holds_on_to_its_data_and_a_saved_one_of_an_object_asks_for_it(tmp_path: Path) -> None:
    options = {"target": "target", "kind": "classification"}
    synthetic = condenset.distill(FRAME, "random", size=Size(per_class=2), out=tmp_path / "set", **options)
    artifact = read(tmp_path / "set")
    assert synthetic.provenance is not None
    assert own_task(synthetic, artifact, None, {}) is synthetic.provenance.task
    with pytest.raises(RequestError, match="made from arrays in memory: pass the same task, or the arrays as data"):
        own_task(tmp_path / "set", artifact, None, {})
    opened = own_task(tmp_path / "set", artifact, FRAME, {})
    assert Fingerprint(**opened.fingerprint) == artifact.card.task.fingerprint
    with pytest.raises(RequestError, match="these data are not those"):
        own_task(tmp_path / "set", artifact, FRAME.iloc[:-1], {})
    with pytest.raises(RequestError, match="target says how data are opened, and none are given"):
        own_task(tmp_path / "set", artifact, None, {"target": "target"})


def test_inputs_that_were_prepared_otherwise_are_named(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifact = read(made)
    require_same_inputs(artifact, open_artifact_task(artifact))
    with pytest.raises(RequestError, match=r"the set lives among other inputs .*open the data as they were then"):
        require_same_inputs(artifact, condenset.open_task("digits"))
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path / "cache"))
    whitened, otherwise = (condenset.open_task("digits", zca=kind) for kind in ("relative", "absolute"))
    synthetic = condenset.distill(whitened, "random", size=Size(per_class=1), out=tmp_path / "white")
    with pytest.raises(RequestError, match=r"the set lives among other inputs .*zca was"):
        own_task(synthetic, read(tmp_path / "white"), otherwise, {})


@pytest.mark.parametrize(
    "change",
    [
        {"source": 5},
        {"source": None},
        {"seed": "x"},
        {"test_fraction": [1]},
        {"target": 3},
        {"drop": 7},
        {"source": "a\0"},
    ],
)
def test_a_card_that_says_nonsense_of_its_data_is_refused(made: Path, change: dict[str, object]) -> None:
    card = json.loads((made / "card.json").read_text())
    card["task"]["source"] |= change
    (made / "card.json").write_text(json.dumps(card))
    with pytest.raises(RequestError, match=r"altered|cannot be opened"):
        open_artifact_task(read(made))
