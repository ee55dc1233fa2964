"""From raw series to a task: scaling by the training part, padding, splits, doubts and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from condenset.core.errors import DataError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.labelled.assembly import Asked
from condenset.tasks.labelled_series.assembly import Scale, assemble
from condenset.tasks.labelled_series.raw import Part, RawLabelled, channel_names, digest_of
from tests.tasks.labelled_series import example

REQUEST = Asked(0, 0.2, {})


def raw(count: int = 40, **changes) -> RawLabelled:
    values, labels = example.waves(count)
    part = Part(tuple(values), pd.Series(labels, name="label"))
    return replace(RawLabelled("waves", part, digest_of(part), channels=channel_names(2)), **changes)


def test_channels_are_standardised_by_the_training_series_alone() -> None:
    task = assemble(raw(), REQUEST)
    inputs = task.train.all().inputs
    assert task.input_spec == Leaf((2, 24), meaning="series") and len(inputs) == 32
    torch.testing.assert_close(inputs.mean((0, 2)), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(inputs.std((0, 2), unbiased=False), torch.ones(2), atol=1e-5, rtol=0)
    far = raw(8)
    odd = replace(far.train, series=tuple(100 * one for one in far.train.series))
    other = assemble(raw(test=odd), REQUEST)
    same = assemble(raw(test=far.train), REQUEST)
    assert torch.equal(other.train.all().inputs, same.train.all().inputs)
    assert other.held_out().inputs.abs().max() > 20 * same.held_out().inputs.abs().max()


def test_ragged_series_are_scaled_by_their_own_steps_and_filled_up() -> None:
    series = [np.array([[1.0, 3.0]]), np.array([[5.0]])]
    scale = Scale.of(series, ragged=True)
    assert (scale.mean.tolist(), scale.steps) == ([3.0], 2)
    found = scale.inputs([*series, np.array([[3.0, 3.0, 9.0]])])
    std = np.std([1, 3, 5])
    np.testing.assert_allclose(found.values[:, 0], [[-2 / std, 0], [2 / std, 0], [0, 0]], rtol=1e-6)
    assert found.lengths.tolist() == [2, 1, 2]


def test_test_series_that_are_longer_are_cut_and_that_is_said() -> None:
    train = raw(ragged=True)
    longer = Part(tuple(np.pad(one, ((0, 0), (0, 3))) for one in train.train.series[:6]), train.train.labels[:6])
    with pytest.warns(
        UserWarning, match="6 test series are longer than the longest training series and are cut to its 24"
    ):
        task = assemble(replace(train, test=longer), REQUEST)
    assert task.held_out().inputs.values.shape == (6, 2, 24) and "ragged" in task.offers and "series" in task.offers


def test_a_constant_channel_is_said_and_stays_finite() -> None:
    flat = raw()
    for one in flat.train.series:
        one[1] = 7.3
    with pytest.warns(UserWarning, match="channels x1 are constant in all training series"):
        task = assemble(flat, REQUEST)
    assert task.recognised.doubts and task.train.all().inputs[:, 1].abs().max() < 1e-5


def test_what_the_test_series_may_not_be() -> None:
    good = raw(8).train
    wrong = [
        (replace(good, labels=pd.Series(["slow", "odd"] * 4)), r"classes \['odd'\] in the test rows"),
        (replace(good, series=tuple(one[:1] for one in good.series)), "have 1 channels, training series 2"),
        (replace(good, series=tuple(one[:, :9] for one in good.series)), "have 9 steps, training series 24"),
    ]
    for part, message in wrong:
        with pytest.raises(DataError, match=message):
            assemble(raw(test=part), REQUEST)


def test_other_refusals() -> None:
    with pytest.raises(RequestError, match="--test-fraction 1 is impossible"):
        assemble(raw(), Asked(0, 1.0, {}))
    with pytest.raises(DataError, match="no test series"):
        assemble(raw(), Asked(0, 0.0, {})).held_out()
    one = raw()
    with pytest.raises(DataError, match="constant"):
        assemble(replace(one, train=replace(one.train, labels=pd.Series(["slow"] * 40))), REQUEST)
