"""The frozen encoder and the numbers of words, against scikit-learn used plainly and against loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from condenset.core.errors import DataError
from condenset.core.rng import Rng
from condenset.tasks.text.encoding import LatentSemantics, Reader, cut, words_of
from tests.tasks.text import example

TEXTS = example.reviews(60)[0]


def test_vectors_are_the_projections_of_tf_idf_of_unit_length() -> None:
    encoder = LatentSemantics.of(TEXTS)
    weighed = encoder.weigh.transform(TEXTS).toarray()
    np.testing.assert_allclose(np.linalg.norm(weighed, axis=1), 1, rtol=1e-5)
    left, _, _ = np.linalg.svd(weighed.T @ weighed)
    found = encoder.vectors(TEXTS)
    projected = weighed @ left[:, :10]
    own = found @ found.T
    assert found.dtype == np.float32
    np.testing.assert_allclose(np.diag(own), 1, rtol=1e-4)
    assert encoder.components.shape[0] == 59
    np.testing.assert_allclose(np.abs(encoder.components[:3] @ left[:, :3]), np.eye(3), atol=0.05)
    assert np.isfinite(projected).all()


def test_it_is_the_same_every_time_and_says_what_it_is() -> None:
    first, second = LatentSemantics.of(TEXTS), LatentSemantics.of(TEXTS)
    assert first.record() == second.record()
    assert first.record() != LatentSemantics.of(TEXTS[1:]).record()
    assert len(first.record()["sha256"]) == 64


def test_a_text_of_unknown_words_is_0() -> None:
    assert not LatentSemantics.of(TEXTS).vectors(["zzz yyy"]).any()


def test_words_are_numbered_by_how_often_they_occur() -> None:
    reader = Reader.of(["b b b a", "a c", "b a"], LatentSemantics.of(["b b b a", "a c", "b a"]))
    assert reader.words == ("b", "a", "c")
    read = reader.read(["a zzz b and more", "c"])
    assert read.words.tolist() == [[3, 1, 2, 0], [4, 0, 0, 0]]
    assert read.strings() == ["a zzz b", "c"], "cut to the longest training text"


def test_words_keep_their_apostrophes_and_marks_of_mood() -> None:
    assert words_of("It wo n't do, isn't it?! Größe") == ["it", "wo", "n't", "do", "isn't", "it", "?", "!", "größe"]


@pytest.mark.parametrize(
    ("text", "width", "left"),
    [("abc def", 7, "abc def"), ("abc def", 6, "abc"), ("abc def", 3, "abc"), ("abcdef", 4, "abcd"), ("ää", 3, "ä")],
)
def test_a_cut_leaves_whole_words_and_characters(text: str, width: int, left: str) -> None:
    assert cut([text], width) == [left]


def test_texts_that_are_alike_or_hold_no_words_are_refused() -> None:
    with pytest.raises(DataError, match="alike"):
        LatentSemantics.of(["a film"] * 5)
    with pytest.raises(DataError, match="no words"):
        LatentSemantics.of(["...", "--"])


def test_what_is_written_is_read_again_as_the_same_words() -> None:
    reader = example.task().resources["language"]
    words = torch.randint(2, reader.vocabulary, (5, reader.longest), generator=Rng(0).torch())
    words[:, 5:], words[1, 4:] = 0, 0
    assert reader.written(torch.tensor([[2, 1, 3]])) == [" ".join(reader.words[:2])]
    texts = reader.written(words)
    assert len(texts[1].split()) == 4
    assert torch.equal(reader.read(texts).words.long(), words)
