"""Every kind of labels encodes, is stored and comes back the same."""

from __future__ import annotations

import pytest
import torch

from condenset.core.registries import LABELS
from condenset.labels.label import Labels
from tests.examples import blobs, line

TASKS = {"classes": blobs, "number": line}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind in TASKS for name in TASKS[kind]().target.labels])
def test_what_is_stored_comes_back(kind: str, name: str) -> None:
    task = TASKS[kind]()
    targets = task.train.batch.targets[:6]
    labels = LABELS.get(name).encode(targets, task.target)
    assert isinstance(labels, Labels)
    kept = labels.stored()
    again = LABELS.get(name).restore(kept.state_dict(), task.target)
    assert torch.equal(again(), labels())
    assert again().dtype == labels().dtype
    assert torch.equal(task.groups.of(labels()), task.groups.of(targets))
