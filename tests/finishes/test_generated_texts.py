"""Texts of a generator: as many as items, of their groups, and far from each other."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.sentences import Sentences
from condenset.codecs.text_generator import TextGenerator
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.finishes.generated_texts import GeneratedTexts
from condenset.labels.hard import Hard
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import blobs, set_of
from tests.tasks.text import example


def test_chosen_texts_cover_more_than_the_first_ones() -> None:
    task = example.task()
    batch = task.train.sample(4, Rng(0))
    generator = TextGenerator.encode(batch.inputs, task)
    synthetic = SyntheticSet(generator, Hard(batch.targets), batch.groups, Contract("text"))
    first, chosen = (GeneratedTexts(written=times)(task, synthetic, Rng(0)) for times in (1, 20))

    def spread(found: SyntheticSet) -> float:
        vectors = found.codec.vector
        return min(torch.pdist(vectors[found.groups == group]).min().item() for group in (0, 1))

    assert spread(chosen) > 1.2 * spread(first)
    assert isinstance(chosen.codec, Sentences) and torch.equal(chosen.decode().targets, batch.targets)
    assert all(chosen.decode().inputs.strings())


def test_a_set_of_other_things_is_refused() -> None:
    task = blobs()
    some = task.train.sample(1, Rng(0))
    with pytest.raises(RequestError, match="needs text-generator"):
        GeneratedTexts()(example.task(), set_of(some.inputs, some.targets), Rng(0))
