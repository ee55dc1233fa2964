"""The start of a start's examples with the labels of kept networks: which examples, and whose labels."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from condenset.assets.teacher_store import Squeeze
from condenset.core.rng import Rng
from condenset.sources.pretrained import Pretrained
from condenset.starts.random import random
from condenset.starts.taught import TaughtByNetworks
from tests.conftest import close
from tests.examples import few_digits

COUNTS = torch.full((10,), 2)
SOURCE = Pretrained(Squeeze(count=2, epochs=2, examples=100))


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDENSET_CACHE", str(tmp_path))


def test_examples_are_the_starts_and_labels_the_mean_of_what_the_networks_say() -> None:
    task, plain = few_digits(), random(few_digits(), COUNTS, Rng(0))
    found = TaughtByNetworks("random", SOURCE, "convnet:width=8,depth=1")(task, COUNTS, Rng(0))
    assert torch.equal(found.inputs, plain.inputs) and torch.equal(found.groups, plain.groups)
    store = SOURCE.store(task, "convnet:width=8,depth=1")
    assert len(store.assets()) == 2, "they are kept"
    said = [store.teacher(number)(plain.inputs).logits.softmax(1) for number in range(2)]
    close(found.targets, (said[0] + said[1]) / 2, 1e-5)
    assert (said[0] - said[1]).abs().max() > 1e-3
