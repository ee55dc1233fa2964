"""Grading from Python: sets in memory and in folders, made of objects or of files, on the data they were made of."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_iris

import condenset
from condenset.artifact import read
from condenset.core.budget import Size
from condenset.core.errors import BudgetError, RequestError
from condenset.synthetic import SyntheticSet

FRAME = load_iris(as_frame=True).frame
QUICK: dict[str, Any] = {"exam": "quick", "networks": ("logistic",), "baselines": ("random",), "repeats": 2}


def scores(graded: SyntheticSet | Path, **options: Any) -> list[tuple[str, tuple[float, ...]]]:
    return [(row.name, row.scores) for row in condenset.evaluate(graded, **QUICK, **options).rows]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[SyntheticSet, Path]:
    """A set made of a frame, and the folder that it was saved in."""
    out = tmp_path_factory.mktemp("made") / "set"
    options = {"target": "target", "kind": "classification", "test_fraction": 0.4}
    return condenset.distill(FRAME, "k-means", size=Size(per_class=2), out=out, **options), out


def test_a_set_in_memory_is_graded_as_it_would_be_saved(made: tuple[SyntheticSet, Path]) -> None:
    synthetic, folder = made
    rows = scores(synthetic)
    assert [name for name, _ in rows][:2] == ["distilled", "random"] and min(rows[0][1]) > 0.8
    assert read(folder).card.evaluations == (), "nothing is noted in a folder that was not named"
    with torch.no_grad():
        kept = synthetic.codec.data.clone()
        synthetic.codec.data[:] = 0
        worse = scores(synthetic)
        synthetic.codec.data[:] = kept
    assert max(worse[0][1]) < 0.5 and worse[1] == rows[1]


def test_a_saved_set_asks_for_its_object_and_remembers_how_it_was_opened(made: tuple[SyntheticSet, Path]) -> None:
    synthetic, folder = made
    expected = scores(synthetic)
    for graded in (folder, condenset.load(folder)):
        with pytest.raises(RequestError, match="made from arrays in memory: pass the same task"):
            condenset.evaluate(graded, **QUICK)
        assert scores(graded, data=FRAME) == expected
        assert synthetic.provenance is not None
        assert scores(graded, task=synthetic.provenance.task) == expected
    assert len(read(folder).card.evaluations) == 2


@pytest.mark.parametrize("data", [FRAME.iloc[:-1], FRAME.assign(target=FRAME["target"].to_numpy()[::-1])])
def test_other_data_are_refused(data: object, made: tuple[SyntheticSet, Path]) -> None:
    with pytest.raises(RequestError, match="these data are not those the set was made from"):
        condenset.evaluate(made[0], data=data, **QUICK)


def test_a_set_of_a_file_finds_its_data_by_itself(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "iris.csv", index=False)
    where = str(tmp_path / "iris.csv")
    condenset.distill(where, "k-means", size=Size(per_class=2), out=tmp_path / "set", kind="classification")
    expected = scores(tmp_path / "set")
    assert scores(condenset.load(tmp_path / "set")) == expected
    (tmp_path / "iris.csv").rename(tmp_path / "moved.csv")
    assert scores(tmp_path / "set", data=tmp_path / "moved.csv") == expected
    with pytest.raises(RequestError, match="says how data are opened, and none are given"):
        condenset.evaluate(tmp_path / "set", target="target", **QUICK)


def test_sets_of_several_seeds_are_one_row_in_memory_too(tmp_path: Path) -> None:
    options: dict[str, Any] = {"size": Size(per_class=2), "kind": "classification"}
    sets = [condenset.distill(FRAME, "random", seed=seed, target="target", **options) for seed in (0, 1)]
    sets[1].save(tmp_path / "second")
    found = condenset.evaluate(sets[0], tmp_path / "second", **QUICK).to_pandas().set_index("trained on")
    assert found.loc["distilled", ["sets", "repeats"]].tolist() == [2, 2]
    assert len(read(tmp_path / "second").card.evaluations) == 1


def test_a_number_alone_is_no_budget() -> None:
    with pytest.raises(BudgetError, match=r"Size\(per_class=10\) for so many items of every class"):
        inspect.unwrap(condenset.distill)("iris", size=10)  # unwrapped: tests check argument types at run time


def test_an_open_task_takes_no_options() -> None:
    task = condenset.open_task((np.eye(8), ["a", "b"] * 4))
    with pytest.raises(RequestError, match="the task is open already: leave out target"):
        condenset.distill(task, size=Size(per_class=1), target="y")


def test_one_row_per_class_leaves_nothing_to_distil() -> None:
    with pytest.raises(BudgetError, match="a budget of 3 items is not below the 3 training examples"):
        condenset.distill((np.eye(3), ["a", "b", "c"]), size=Size(per_class=1), test_fraction=0.0)


def test_scores_are_returned_where_the_card_cannot_be_written(
    made: tuple[SyntheticSet, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("condenset.artifact.files.write_through", read_only)
    with pytest.warns(UserWarning, match="its card does not say so"):
        found = condenset.evaluate(made[1], data=FRAME, **QUICK)
    assert found.average("distilled") > 0.8
