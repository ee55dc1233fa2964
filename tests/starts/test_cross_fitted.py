"""A coreset of what teachers take for a class leaves out what only bears its name."""

from __future__ import annotations

import pytest
import torch

from condenset.assets.teachers import Teachers
from condenset.core.errors import UnknownNameError
from condenset.core.rng import Rng
from condenset.starts.cross_fitted import CrossFitted
from condenset.starts.medoids import medoids
from tests.assets.test_cross_fitting import mislabelled
from tests.examples import blobs

COUNTS = torch.tensor([3, 3, 3])


def test_examples_are_grouped_and_labelled_by_what_teachers_believe() -> None:
    task, wrong = mislabelled(blobs(spread=0.1), 8)
    rows = {tuple(row) for row in task.train.all().inputs[wrong].tolist()}
    chosen = CrossFitted(teachers=Teachers(("logistic",)))(task, COUNTS, Rng(0))
    assert torch.equal(torch.bincount(chosen.groups), COUNTS)
    assert torch.equal(chosen.targets.argmax(1), chosen.groups)
    assert not rows & {tuple(row) for row in chosen.inputs[chosen.groups == 1].tolist()}
    plain = medoids(task, COUNTS, Rng(0))
    assert rows & {tuple(row) for row in plain.inputs[plain.groups == 1].tolist()}


def test_a_coreset_is_asked_for_by_name() -> None:
    centres = CrossFitted("k-means", Teachers(("logistic",)))(blobs(), COUNTS, Rng(0))
    known = {tuple(row) for row in blobs().train.all().inputs.tolist()}
    assert not known & {tuple(row) for row in centres.inputs.tolist()}
    with pytest.raises(UnknownNameError, match="k-means"):
        CrossFitted("k-mean", Teachers(("logistic",)))(blobs(), COUNTS, Rng(0))
