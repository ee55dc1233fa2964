"""The assembly of labelled examples: what is tested on, what of the labels is refused, and what the task says of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Tensor

from condenset.core.errors import DataError, RequestError
from condenset.core.spec import Leaf
from condenset.tasks.labelled.assembly import Asked, LabelledData, Reading, expect_known_classes, labelled_task
from condenset.tasks.labelled.target_code import TargetCode, raw_targets
from condenset.tasks.task import Task


@dataclass(frozen=True)
class Songs:
    """Songs of which only the pitch is known."""

    labels: pd.Series
    pitch: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, index: Any) -> Songs:
        return Songs(self.labels.iloc[index].reset_index(drop=True), self.pitch[index])


def of(*counts: int) -> Songs:
    names = [name for name, count in zip("abc", counts, strict=False) for _ in range(count)]
    return Songs(pd.Series(names, name="style"), np.arange(len(names), dtype=np.float32))


def data(train: Songs, test: Songs | None = None, **said: Any) -> LabelledData:
    return LabelledData("songs", train, "00", test, **said)


def inputs_of(part: Songs, mean: float) -> Tensor:
    return torch.from_numpy(part.pitch[:, None]) - mean


def read(data: LabelledData, code: TargetCode) -> Reading:
    expect_known_classes(data, code)
    mean = float(data.train.pitch.mean())
    inputs = partial(inputs_of, mean=mean)
    return Reading(Leaf((1,)), inputs, 4, "a pitch", doubts=("off key",), preprocessing={"target": code.record()})


SHARE = Asked(3, 0.2)


def task(data: LabelledData, asked: Asked = SHARE, kind: str | None = "classification") -> Task:
    with pytest.warns(UserWarning, match="off key"):
        return labelled_task("text", data, read, asked, kind)


def test_a_part_of_its_own_is_taken_whole() -> None:
    train, test = of(20, 10), of(3, 3)
    split = data(train, test).split(Asked(), "songs")
    assert (split.train, split.test, split.tested) == (train, test, "6 songs of their own")


def test_a_share_of_every_class_is_drawn_by_the_seed() -> None:
    split = data(of(20, 10), files=300).split(Asked(3, 0.2), "songs")
    assert split.test is not None and split.tested == "6 songs, 20% of the data, drawn with seed 3"
    assert split.train.labels.value_counts().to_dict() == {"a": 16, "b": 8}
    assert split.test.labels.value_counts().to_dict() == {"a": 4, "b": 2}
    assert split.files == 240
    assert split.train.pitch.tolist() != data(of(20, 10)).split(Asked(4, 0.2), "songs").train.pitch.tolist()
    none = data(of(20, 10)).split(Asked(0, 0.0), "songs")
    assert (none.test, none.tested) == (None, "none: nothing was held out")


def test_a_class_that_is_too_small_is_refused() -> None:
    with pytest.raises(DataError, match="class 'b' of 'style' has one row only"):
        labelled_task("text", data(of(9, 1)), read, Asked())


@pytest.mark.parametrize("share", [-0.1, 1.0, 2.0])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(RequestError, match=r"--test-fraction .* is impossible: expected a share from 0 to below 1"):
        labelled_task("text", data(of(9, 9)), read, Asked(0, share))


def test_inputs_are_measured_on_training_examples_alone() -> None:
    opened = task(data(of(20, 10), files=300))
    held_out = opened.held_out()
    assert opened.train.counts().tolist() == [16, 8] and torch.bincount(held_out.targets).tolist() == [4, 2]
    assert opened.train.all().inputs.mean().abs() < 1e-5 < held_out.inputs.mean().abs()
    assert opened.fingerprint == {"rows": 24, "sha256": "00"} and opened.validation is None
    assert (opened.footprint.files, opened.footprint.example) == (240, 5)
    assert raw_targets(held_out.targets, opened.preprocessing["target"]).tolist() == ["a"] * 4 + ["b"] * 2


def test_what_was_recognised_is_said() -> None:
    known = task(data(of(20, 10), validation=of(2, 1), why="since nobody said another")).recognised
    assert known.target == "style, since nobody said another: 2 classes: a, b" and known.inputs == "a pitch"
    assert known.test == "6 texts, 20% of the data, drawn with seed 3" and known.validation == "3 texts of their own"
    assert known.doubts == ("off key",)


def test_without_test_examples_the_error_says_how_to_come_by_some() -> None:
    with pytest.raises(DataError, match=r"songs has no test texts: open it with a --test-fraction above 0$"):
        task(data(of(20, 10)), Asked(0, 0.0)).held_out()


def test_a_class_of_the_test_alone_is_refused() -> None:
    with pytest.raises(DataError, match=r"classes \['c'\] in the test rows"):
        labelled_task("text", data(of(20, 10), of(1, 1, 1)), read, Asked())


def test_numbers_are_predicted_and_held_out_by_bins() -> None:
    rows = np.arange(100.0)
    songs = Songs(pd.Series(rows * rows, name="length"), rows.astype(np.float32))
    opened = task(data(songs), Asked(0, 0.2), "regression")
    held_out = opened.held_out()
    assert opened.target.kind == "regression" and len(opened.train) == 80 and held_out.targets.shape == (20, 1)
    whole = opened.groups.of(torch.cat([opened.train.all().targets, held_out.targets]))
    shares = torch.bincount(held_out.groups, minlength=10) / torch.bincount(whole, minlength=10)
    assert len(opened.groups) == 10 and shares.mean() == pytest.approx(0.2, abs=0.02)
    lengths = raw_targets(held_out.targets, opened.preprocessing["target"]).to_numpy()
    np.testing.assert_allclose(np.sqrt(lengths) - held_out.inputs[:, 0].numpy(), rows.mean(), atol=2)
