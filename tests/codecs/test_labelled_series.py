"""Codec labelled-series: what is stored of series, of one length and of several, and what is refused when read back."""

from __future__ import annotations

import pytest
import torch

import condenset
from condenset.codecs.labelled_series import LabelledSeries
from condenset.core.budget import Size
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.tasks.image import open_images
from tests.tasks.labelled_series import example


def test_series_of_one_length_are_stored_as_they_are() -> None:
    task = example.task()
    some = task.train.draw(4, Rng(0)).inputs
    codec = LabelledSeries.encode(some, task)
    assert torch.equal(codec(), some) and torch.equal(codec(torch.tensor([2])), some[2:3])
    assert set(codec.state_dict()) == {"data"}
    assert codec.data.nbytes == 4 * LabelledSeries.item_bytes(task.input_spec) == 4 * 2 * 24 * 4


def test_lengths_are_stored_where_they_differ_and_nothing_is_learnt_beyond_an_end() -> None:
    task = example.ragged()
    some = task.train.draw(4, Rng(0)).inputs
    codec = LabelledSeries.encode(some, task)
    assert torch.equal(codec().values, some.values) and torch.equal(codec().lengths, some.lengths)
    stored = sum(tensor.nbytes for tensor in codec.state_dict().values())
    assert stored == 4 * LabelledSeries.item_bytes(task.input_spec) == 4 * (2 * 23 * 4 + 4)
    codec().values.sum().backward()
    beyond = torch.arange(23) >= some.lengths[:, None]
    assert codec.data.grad.abs().amax(1)[beyond].max() == 0 and codec.data.grad.abs().amax(1)[~beyond].min() == 1
    back = LabelledSeries.restore(codec.fields(), codec.state_dict())
    assert torch.equal(back().values, some.values) and torch.equal(back().lengths, some.lengths)


def test_a_learnt_set_of_ragged_series_keeps_their_lengths(tmp_path) -> None:
    changes = {"steps": 3, "source.size": 1, "network": "cnn1d:width=4"}
    learnt = condenset.distill(example.ragged(), "dm", size=Size(per_class=2), changes=changes)
    learnt.save(tmp_path / "set")
    again = condenset.load(tmp_path / "set")
    assert torch.equal(again.decode().inputs.values, learnt.decode().inputs.values)
    assert 12 <= int(again.decode().inputs.lengths.min()) <= int(again.decode().inputs.lengths.max()) <= 23


@pytest.mark.parametrize("lengths", [[0, 3], [2, 24], [3]])
def test_lengths_that_do_not_fit_are_refused(lengths: list[int]) -> None:
    tensors = {"data": torch.zeros(2, 2, 23), "lengths": torch.tensor(lengths, dtype=torch.int32)}
    with pytest.raises(ArtifactError, match="do not fit 2 series of up to 23 steps"):
        LabelledSeries.restore({"ragged": True}, tensors)


def test_other_data_are_refused() -> None:
    with pytest.raises(RequestError, match="choose raw"):
        LabelledSeries.encode(torch.zeros(2, 3), open_images("digits"))
