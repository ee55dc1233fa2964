"""A start of texts that a language model writes: of the right groups, new, and read again as they are."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from condenset.starts.written import Written
from tests.tasks.text import example


def test_texts_are_new_and_of_the_groups_asked_for() -> None:
    task = example.task()
    counts = torch.tensor([6, 4])
    batch = Written(longest=7)(task, counts, Rng(0))
    assert batch.groups.tolist() == [0] * 6 + [1] * 4 == batch.targets.tolist()
    texts = batch.inputs.strings()
    assert not set(texts) & set(task.train.all().inputs.strings())
    assert max(len(text.split()) for text in texts) <= 7 and min(map(len, texts)) > 0
    reader = task.resources["language"]
    assert torch.equal(reader.read(texts).words, batch.inputs.words)
    assert reader.written(batch.inputs.words) == texts
    assert texts != Written(longest=7)(task, counts, Rng(1)).inputs.strings()
