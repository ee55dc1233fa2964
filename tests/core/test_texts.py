"""Texts in a batch: choosing, joining, vectors alone, and reading back what was written."""

from __future__ import annotations

import torch

from condenset.core.batch import Batch, concatenate
from condenset.core.spec import Leaf
from condenset.core.structure import expect_fit, joint, length, of_vectors, spec_of, stacked, take, vectors
from condenset.core.texts import Texts, letters_of
from tests.examples import normal

WORDS = ("größer", "a 猫 sat", "")


def texts(width: int = 12) -> Texts:
    return Texts(normal(3, 4), torch.tensor([[2, 0], [3, 4], [0, 0]], dtype=torch.int32), letters_of(WORDS, width))


def test_texts_are_read_back_as_they_were_written() -> None:
    assert texts().strings() == list(WORDS) and texts().readable
    assert take(texts(), torch.tensor([1, 1])).strings() == [WORDS[1]] * 2


def test_they_are_joined_to_the_longest() -> None:
    other = Texts(normal(1, 4, seed=1), torch.ones(1, 5, dtype=torch.int32), letters_of(["longer than these"], 17))
    both = texts().joined([other])
    assert both.strings() == [*WORDS, "longer than these"]
    assert both.words.shape == (4, 5) and both.words[0].tolist() == [2, 0, 0, 0, 0]
    batches = [Batch(part, torch.zeros(len(part), dtype=torch.int64), torch.zeros(len(part), dtype=torch.int64),
                     torch.ones(len(part))) for part in (texts(), other)]  # fmt: skip
    assert concatenate(batches).inputs.strings() == both.strings()


def test_a_vector_alone_has_no_text() -> None:
    spec = Leaf((4,), meaning="text", native=12)
    alone = of_vectors(normal(2, 4), spec)
    assert isinstance(alone, Texts) and not alone.readable and alone.strings() == ["", ""]
    assert torch.equal(vectors(alone), normal(2, 4))
    expect_fit(alone, spec)
    expect_fit(texts(), spec)
    assert alone.joined([texts()]).strings() == ["", "", *WORDS]


def test_the_structure_knows_them() -> None:
    assert length(texts()) == 3 and not joint(texts())
    assert spec_of(texts()) == Leaf((4,), "float32", "text")
    assert texts().double().vector.dtype == torch.float64 and texts().double().words.dtype == torch.int32
    assert stacked([texts(), texts()]).vector.shape == (2, 3, 4)
