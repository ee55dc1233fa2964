"""Table rows: always legal, differentiable, and readable without their dataset."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.codecs.raw import Raw
from condenset.codecs.table_row import CODEC, TableRow
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.columns.column import encode_frame, legal
from condenset.tasks.tabular.loading import open_table, table_from_arrays
from condenset.tasks.task import Task
from tests.conftest import close
from tests.tasks.columns import dependent


def mixed(rows: int = 60) -> tuple[pd.DataFrame, Task]:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "c": rng.choice(["x", "y", "z"], rows),
            "n": rng.normal(3, 2, rows),
            "gaps": np.where(rng.random(rows) < 0.3, np.nan, rng.integers(0, 9, rows)),
            "d": (pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, rows), "D")),
            "b": rng.random(rows) < 0.5,
        }
    )
    return frame, table_from_arrays(frame, np.arange(rows) % 2)


def random_codec(task: Task, seed: int, scale: float = 3.0) -> TableRow:
    codec = TableRow.encode(task.train.batch.inputs, task)
    with torch.no_grad():
        codec.data.copy_(scale * torch.randn(codec.data.shape, generator=Rng(seed).torch()))
    return codec


def test_legal_rows_decode_to_themselves() -> None:
    frame, task = mixed()
    codec = TableRow.encode(task.train.batch.inputs, task)
    close(codec(), task.train.batch.inputs, 1e-6)
    decoded = codec.to_frame()
    np.testing.assert_allclose(decoded["n"], frame["n"], atol=1e-5)
    exact = ["c", "gaps", "d", "b"]
    pd.testing.assert_frame_equal(decoded[exact], frame[exact])


@pytest.mark.parametrize("seed", range(20))
def test_every_row_is_legal_whatever_is_stored(seed: int) -> None:
    _, task = mixed()
    codec = random_codec(task, seed)
    decoded = codec.to_frame()
    assert legal(decoded, codec.columns).all()
    # what networks see is exactly what those rows encode to: nothing illegal is left in the forward pass
    close(codec(), torch.from_numpy(encode_frame(decoded, codec.columns)), 1e-6)


@pytest.mark.real_data("tabular/adult-train.csv", "tabular/adult-test.csv")
def test_adult_rows_are_legal() -> None:
    task = open_table("adult")
    codec = TableRow(torch.randn((200, *task.input_spec.shape), generator=Rng(0).torch()) * 4, mixed_columns(task))
    frame = codec.to_frame()
    assert legal(frame, codec.columns).all() and frame["age"].dtype == "int64"
    assert frame["age"].between(17, 90).all() and frame["workclass"].isna().any()


def mixed_columns(task: Task) -> tuple:
    return TableRow.encode(task.train.batch.inputs[:1], task).columns


def test_gradients_pass_straight_through_numbers_and_softmax() -> None:
    _, task = mixed()
    codec = random_codec(task, 0)
    weight = torch.randn(codec.data.shape, generator=Rng(1).torch())
    (codec() * weight).sum().backward()
    expected = weight.clone()
    for start, stop in ((0, 3), (5, 7), (8, 10)):  # c; present or missing; b
        p = codec.data.detach()[:, start:stop].softmax(1)
        w = weight[:, start:stop]
        expected[:, start:stop] = p * (w - (p * w).sum(1, keepdim=True))
    close(codec.data.grad, expected, 1e-5)


def test_optimising_rows_moves_categories_and_integers() -> None:
    _, task = mixed()
    goal = task.train.batch.inputs[:1]
    codec = TableRow.encode(task.train.batch.inputs[1:2], task)
    assert (codec() - goal).abs().max() > 0.5
    optimiser = torch.optim.Adam(codec.parameters(), lr=0.05)
    for _ in range(400):
        optimiser.zero_grad()
        (codec() - goal).square().sum().backward()
        optimiser.step()
    assert (codec() - goal).abs().max() < 0.05


def test_a_centroid_becomes_logits_that_softmax_back_to_it() -> None:
    _, task = mixed()
    inputs = task.train.batch.inputs
    centroid = inputs.mean(0, keepdim=True)
    codec = TableRow.encode(centroid, task)
    shares = codec.data.detach()[0, :3].softmax(0)
    assert (shares - centroid[0, :3]).abs().max() < 0.05
    assert codec()[0, :3].argmax() == centroid[0, :3].argmax()
    assert legal(codec.to_frame(), codec.columns).all()


def test_restoring_needs_no_dataset() -> None:
    _, task = mixed()
    codec = random_codec(task, 2)
    state = codec.state_dict()
    assert list(state) == ["data"] and list(codec.parameter_groups()) == ["data"]
    again = CODEC.restore(json.loads(json.dumps(codec.fields())), state)
    assert torch.equal(again(), codec())
    pd.testing.assert_frame_equal(again.to_frame(), codec.to_frame())


def test_tensors_that_do_not_fit_are_refused() -> None:
    _, task = mixed()
    fields = TableRow.encode(task.train.batch.inputs, task).fields()
    with pytest.raises(ArtifactError, match="different sets"):
        TableRow.restore(fields, {"data": torch.zeros(3, 4)})
    with pytest.raises(ArtifactError, match="missing"):
        TableRow.restore(fields, {})
    with pytest.raises(ArtifactError, match="at least one column"):
        TableRow.restore({}, {"data": torch.zeros(3, 4)})
    with pytest.raises(ArtifactError, match="column record"):
        TableRow.restore({"columns": [{"kind": "category"}]}, {"data": torch.zeros(3, 4)})


def test_what_is_no_table_is_refused() -> None:
    _, task = mixed()
    task.preprocessing.clear()
    with pytest.raises(RequestError, match="choose the codec raw"):
        TableRow.encode(task.train.batch.inputs, task)
    assert Raw.encode(task.train.batch.inputs, task)().shape == (60, 10)


def test_what_holds_between_columns_is_restored_and_checked() -> None:
    task = dependent.task()
    codec = TableRow.encode(dependent.stored(task, rows=40), task)
    fields = json.loads(json.dumps(codec.fields()))
    back = TableRow.restore(fields, codec.state_dict())
    assert back.rules == codec.rules and torch.equal(back(), codec())
    assert dependent.contradicting(back.to_frame()).sum() == 0
    fields["rules"]["dependencies"][0]["keys"] = [99] * 12
    with pytest.raises(ArtifactError, match="the record of rules cannot be read"):
        TableRow.restore(fields, codec.state_dict())
    del fields["rules"]  # as of a set from before there were rules
    assert dependent.contradicting(TableRow.restore(fields, codec.state_dict()).to_frame()).mean() > 0.5
