"""The start of a start's examples with teachers' labels: which they are, and which labels."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.finishes.relabel import Relabel
from condenset.starts.medoids import medoids
from condenset.starts.random import random
from condenset.starts.taught import Taught
from tests.conftest import close
from tests.examples import blobs, line, set_of

COUNTS = torch.tensor([4, 2, 3])


def test_examples_are_the_starts_and_labels_those_that_the_finish_gives() -> None:
    for name, start in (("medoids", medoids), ("random", random)):
        plain, found = start(blobs(), COUNTS, Rng(0)), Taught(name)(blobs(), COUNTS, Rng(0))
        assert torch.equal(found.inputs, plain.inputs) and torch.equal(found.groups, plain.groups)
        told = Relabel()(blobs(), set_of(plain.inputs, plain.targets), Rng(0)).decode().targets
        close(found.targets, told, 1e-5)


def test_numbers_are_nearer_to_what_is_expected() -> None:
    found = Taught()(line(), torch.tensor([3, 3]), Rng(0))
    plain = medoids(line(), torch.tensor([3, 3]), Rng(0))
    assert found.targets.shape == plain.targets.shape
    assert 0 < (found.targets - plain.targets).square().mean() < 0.5 * plain.targets.var()
