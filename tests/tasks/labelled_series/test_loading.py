"""Opening labelled series: what files and objects are taken for, budgets that do not fit, and that a set teaches."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import condenset
from condenset.core.budget import Size
from condenset.core.errors import BudgetError, DataError, RequestError, UnknownNameError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.labelled_series import labelled_series_from_object, open_labelled_series
from tests.tasks.labelled_series import example


def test_a_folder_of_the_archive_opens_again_by_its_source(tmp_path: Path) -> None:
    task = open_task(str(example.archived(tmp_path)))
    assert (task.modality.name, len(task.train), len(task.held_out())) == ("labelled-series", 40, 20)
    assert (
        task.target.classes == ("fast", "slow") and {"series", "classes", "differentiable", "features"} <= task.offers
    )
    said = str(task.recognised)
    assert (
        "2 classes: fast, slow" in said
        and "40 series of 24 steps, 2 channels" in said
        and "20 series of their own" in said
    )
    again = open_task(**task.source)
    assert torch.equal(again.train.batch.inputs, task.train.batch.inputs) and again.fingerprint == task.fingerprint


def test_tables_are_opened_by_their_layout(tmp_path: Path) -> None:
    example.rows().to_csv(tmp_path / "rows.csv", index=False)
    example.steps().to_csv(tmp_path / "steps.csv", index=False)
    assert modality_of(tmp_path / "rows.csv").name == "tabular"
    rows = open_task(str(tmp_path / "rows.csv"), task="labelled-series")
    long = open_task(
        str(tmp_path / "steps.csv"), task="labelled-series", target="kind", series_column="run", time_column="second"
    )
    assert rows.input_spec.shape == (1, 24) and long.input_spec.shape == (2, 24)
    assert torch.equal(rows.train.batch.targets, long.train.batch.targets)
    again = open_task(**long.source)
    assert torch.equal(again.train.batch.inputs, long.train.batch.inputs)
    assert long.preprocessing["channels"] == ["left", "right"]


def test_objects_are_opened_where_they_are_said_to_be_series() -> None:
    values, labels = example.waves()
    for thing in ((values, labels), (torch.from_numpy(values), labels), (list(values), list(labels))):
        task = open_task(thing, task="labelled-series")
        assert task.input_spec.shape == (2, 24) and len(task.train) == 48
    assert open_task((values[:, 0], labels), task="labelled-series").input_spec.shape == (1, 24)
    with pytest.raises(RequestError, match="is no labelled-series data"):
        open_task(values, task="labelled-series")


def test_series_of_different_lengths_must_be_said_to_be_that() -> None:
    values, labels = example.waves(20)
    cut = [one[:, : 10 + number] for number, one in enumerate(values)]
    with pytest.raises(DataError, match=r"number 1 has 10 steps, number 2 has 11: say so with --ragged"):
        labelled_series_from_object((cut, labels))
    assert labelled_series_from_object((cut, labels), ragged=True).input_spec.meaning == "ragged"
    with pytest.raises(DataError, match="20 series and 19 labels"):
        labelled_series_from_object((cut, labels[1:]), ragged=True)


def test_wrong_names_and_options(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="GunPoint"):
        open_labelled_series("GunPont")
    with pytest.raises(RequestError, match="leave those options out"):
        open_labelled_series("GunPoint", target="kind")
    with pytest.raises(RequestError, match="no file or folder"):
        open_labelled_series(tmp_path / "none.ts")


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (Size(items=1), "1 items cannot cover 2 groups"),
        (Size(per_class=25), "fast has 24 for 25 items, slow has 24 for 25 items; lower the budget"),
    ],
)
def test_budgets_that_the_classes_do_not_fit(size: Size, message: str) -> None:
    with pytest.raises(BudgetError, match=message):
        condenset.distill(example.task(), "random", size=size)


def test_a_set_teaches_more_than_random_series_of_its_size() -> None:
    """With a margin: waves in noise, and the means of each kind, one of each."""
    synthetic = condenset.distill(example.noisy(), "k-means", size=Size(per_class=1))
    evaluation = condenset.evaluate(synthetic, networks=("rocket",), baselines=("random",), repeats=3)
    assert evaluation.average("distilled") > evaluation.average("random") + 0.1


@pytest.mark.parametrize("method", ["relabel", "coreset-search", "kip"])
def test_ragged_series_are_chosen_labelled_and_learnt(method: str) -> None:
    changes = {"steps": 2} if method == "kip" else {}
    synthetic = condenset.distill(example.ragged(), method, size=Size(per_class=1), changes=changes)
    assert synthetic.decode().inputs.lengths.max() <= 23 and len(synthetic.decode()) == 2


def test_nothing_of_the_test_gets_into_what_is_trained_on(tmp_path: Path) -> None:
    folder = example.archived(tmp_path)
    first = open_task(str(folder))
    test = folder / "Waves_TEST.ts"
    values, labels = example.waves(20, seed=5)
    test.write_text(example.ts(1e3 * values, labels))
    second = open_task(str(folder))
    assert (
        torch.equal(first.train.batch.inputs, second.train.batch.inputs) and first.preprocessing == second.preprocessing
    )
    assert not np.allclose(first.held_out().inputs, second.held_out().inputs)
