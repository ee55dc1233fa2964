"""Opening series: parts in time, scaling, windows that reach back, and options."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.core.errors import DataError, RequestError
from condenset.tasks.catalogue import modality_of, open_task
from condenset.tasks.series import MODALITY, open_series, series_from_arrays
from tests.conftest import close, data_file, golden
from tests.tasks.series.example import frame, series, waves, written


def test_parts_follow_one_another_and_windows_reach_back() -> None:
    task = series(rows=100, parts=(60, 20, 15))
    values = waves(100)
    scaled = torch.from_numpy((values - values[:60].mean(0)) / values[:60].std(0)).float()
    train, validation, test = task.train.all(), task.validation, task.held_out()
    assert validation is not None
    assert (len(train), len(validation), len(test)) == (60 - 11, 20 - 3, 15 - 3)
    assert torch.allclose(train.inputs[5], scaled[5:13]) and torch.allclose(train.targets[5], scaled[13:17].flatten())
    assert torch.allclose(train.targets[-1], scaled[56:60].flatten())
    assert torch.allclose(validation.inputs[0], scaled[52:60]) and torch.allclose(
        validation.targets[-1], scaled[76:80].flatten()
    )
    assert torch.allclose(test.inputs[0], scaled[72:80]) and torch.allclose(test.targets[-1], scaled[91:95].flatten())
    assert task.target.mean == pytest.approx(values[:60].mean(0))


def test_what_comes_after_the_training_part_changes_nothing_that_a_method_sees() -> None:
    one, other = waves(100), waves(100)
    other[70:] = 1e6
    first, second = (series_from_arrays(v, lookback=8, horizon=4) for v in (one, other))
    assert torch.equal(first.train.all().inputs, second.train.all().inputs)
    assert (first.fingerprint, first.preprocessing) == (second.fingerprint, second.preprocessing)
    assert not torch.equal(first.held_out().inputs, second.held_out().inputs)


def test_windows_take_no_memory_of_their_own() -> None:
    batch = series_from_arrays(waves(3000), lookback=96, horizon=96).train.batch
    assert batch.inputs.untyped_storage().nbytes() == batch.targets.untyped_storage().nbytes() == 2100 * 2 * 4


def test_a_file_of_ones_own(tmp_path: Path) -> None:
    path = written(frame(200), tmp_path)
    assert modality_of(path).name == "series"
    task = open_task(path, lookback=12, horizon=6, parts=["0.5", "0.25", "0.25"], drop=["heat"])
    assert (task.name, task.target.channels, task.input_spec.shape) == ("own", ("load",), (12, 1))
    assert (len(task.train), len(task.held_out())) == (100 - 17, 50 - 5)
    again = MODALITY.open(**json.loads(json.dumps(task.source)))
    assert torch.equal(again.held_out().inputs, task.held_out().inputs) and again.fingerprint == task.fingerprint


def test_the_time_column_can_be_named_and_count_steps(tmp_path: Path) -> None:
    table = frame().drop(columns="when").assign(hour=np.arange(160) * 2)
    path = written(table, tmp_path)
    assert open_series(path, time_column="hour", lookback=8, horizon=4).target.channels == ("load", "heat")
    assert modality_of(path).name == "tabular"  # numbers alone may be anything


@pytest.mark.parametrize(
    ("parts", "error"),
    [
        (("0.7", "0.1"), "expected three"),
        ((0.7, 0.3, 0.3), "more than the whole"),
        ((100, 0.1, 20), "mix rows and shares"),
        ((-1, 80, 80), "expected three"),
        (("a", "b", "c"), "'a' is no number"),
        ((150, 20, 20), "more than there are"),
    ],
)
def test_impossible_parts_are_refused(parts: tuple[float | str, ...], error: str, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match=error):
        open_series(written(frame(), tmp_path), lookback=8, horizon=4, parts=parts)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"horizon": 500}, "training part has 112 of 160 rows.*horizon of 500 steps, which need 508"),
        ({"horizon": 20}, "validation part has 16 of 160 rows"),
        ({"parts": (120, 30, 2)}, "test part has 2 of 160 rows"),
        ({"lookback": 0}, "lookback 0 and horizon 4 are impossible"),
    ],
)
def test_windows_longer_than_the_data_are_refused(options: dict[str, object], error: str) -> None:
    with pytest.raises(RequestError, match=error):
        series(**options)


def test_a_series_without_a_test_part_trains_and_says_so_when_graded() -> None:
    task = series(parts=(120, 0, 0))
    assert len(task.train) == 120 - 11 and task.validation is None
    with pytest.raises(DataError, match="no test part"):
        task.held_out()


def test_constant_channels_are_refused_by_name() -> None:
    values = waves()
    values[:112, 1] = 4.0
    with pytest.raises(DataError, match=r"channels \['heat'\] are constant in the training part of 112 rows"):
        series_from_arrays(values, channels=("load", "heat"), lookback=8, horizon=4)


def test_arrays_that_are_no_series_are_refused() -> None:
    with pytest.raises(DataError, match=r"shape \(5,\)"):
        series_from_arrays(np.zeros(5))
    with pytest.raises(DataError, match="1 names for 2 channels"):
        series_from_arrays(waves(), channels=("one",))


def test_a_known_series_that_is_not_there_says_where_it_comes_from(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CONDENSET_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"download ETT-small/ETTh1.csv of https://.*series/ETTh1.csv"):
        open_series("etth1")


@pytest.mark.all_vectors
def test_the_transformer_is_cut_and_scaled_as_in_the_literature() -> None:
    data_file("series/ETTh1.csv")
    known, task = golden("modalities/series_text_multimodal_etth1_ridge"), open_task("etth1")
    held_out = task.held_out()
    assert task.validation is not None
    assert [len(task.train), len(task.validation), len(held_out)] == known["out_counts"].tolist()
    close(torch.tensor(task.target.mean), known["out_train_mean"], 1e-6)
    close(torch.tensor(task.target.std), known["out_train_std"], 1e-6)
    last = held_out.inputs[:, -1:].expand(-1, 96, -1).flatten(1)
    found = task.target.grades(last, held_out.targets)
    close(torch.tensor([found["mse"], found["mae"]]), known["out_naive_last_value"], 1e-5)


@pytest.mark.real_data("series/ETTh1.csv")
@pytest.mark.parametrize(("lookback", "horizon"), [(96, 192), (96, 336), (96, 720), (336, 96)])
def test_the_horizons_of_the_literature_are_options(lookback: int, horizon: int) -> None:
    task = open_task("etth1", lookback=lookback, horizon=horizon)
    held_out = task.held_out()
    assert (task.input_spec.shape, task.target.outputs) == ((lookback, 7), 7 * horizon)
    assert (len(task.train), len(held_out)) == (8640 - lookback - horizon + 1, 2880 - horizon + 1)
    assert task.source["lookback"] == lookback and task.source["horizon"] == horizon


@pytest.mark.real_data("series/exchange_rate.txt.gz")
def test_exchange_rates_are_a_series_without_head_and_times() -> None:
    task = open_task("exchange-rate", drop=["China"])
    assert task.validation is not None
    assert task.target.channels[2:5] == ("Canada", "Switzerland", "Japan")
    windows = 5311 - 191, 758 - 95, 1519 - 95
    assert (len(task.train), len(task.validation), len(task.held_out())) == windows


def test_the_table_of_a_wrong_column_names_the_nearest(tmp_path: Path) -> None:
    path = written(pd.DataFrame(frame()), tmp_path)
    with pytest.raises(RequestError, match="unknown time column 'wen': did you mean 'when'"):
        open_series(path, time_column="wen")
    with pytest.raises(RequestError, match="unknown column to drop 'hea'"):
        open_series(path, drop=["hea"])
