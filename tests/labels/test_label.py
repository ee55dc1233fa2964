"""Every kind of labels encodes, is stored and comes back the same."""

from __future__ import annotations

import pytest
import torch

from condenset.labels.label import LABELS, Labels
from tests.examples import blobs, line


@pytest.mark.parametrize("name", blobs().target.labels)
@pytest.mark.parametrize("kind", ["classes", "number"])
def test_what_is_stored_comes_back(name: str, kind: str) -> None:
    task = {"classes": blobs, "number": line}[kind]()
    targets = task.train.batch.targets[:6]
    labels = LABELS.get(name).encode(targets, task.target)
    assert isinstance(labels, Labels)
    again = type(labels).restore(labels.state_dict(), task.target)
    assert torch.equal(again(), labels())
    assert again().dtype == labels().dtype
    assert torch.equal(task.groups.of(labels()), task.groups.of(targets))
