"""Soft words become the texts that they were pulled to, at the price of real ones."""

from __future__ import annotations

import pytest
import torch

from condenset.codecs.sentences import Sentences
from condenset.codecs.soft_words import SoftWords
from condenset.core.errors import RequestError
from condenset.core.rng import Rng
from condenset.finishes.readable_texts import readable_texts
from condenset.labels.hard import Hard
from condenset.synthetic import Contract, SyntheticSet
from tests.examples import blobs, set_of
from tests.tasks.text import example


def test_the_text_is_stored_and_not_the_weights() -> None:
    task = example.task()
    batch = task.train.sample(2, Rng(0))
    codec = SoftWords.encode(batch.inputs, task)
    codec.text[0, 0] = 5
    found = readable_texts(task, SyntheticSet(codec, Hard(batch.targets), batch.groups, Contract("text")), Rng(0))
    assert isinstance(found.codec, Sentences)
    words = [text.split() for text in found.decode().inputs.strings()]
    assert words[0][0] == task.resources["language"].words[3] and torch.equal(found.decode().inputs.words, codec.text)
    assert found.nbytes().data == 4 * Sentences.item_bytes(task.input_spec)


def test_a_set_of_other_things_is_refused() -> None:
    task = blobs()
    some = task.train.sample(1, Rng(0))
    with pytest.raises(RequestError, match="needs soft-words"):
        readable_texts(task, set_of(some.inputs, some.targets), Rng(0))
