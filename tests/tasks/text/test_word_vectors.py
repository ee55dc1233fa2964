"""The encoder's word vectors: in a table of words of their size, of known networks alone."""

from __future__ import annotations

import torch

from condenset.core.rng import Rng
from tests.tasks.text import example

TASK = example.task()
READER = TASK.resources["language"]
TRANSFORMER = "text-transformer:width=8,depth=1,heads=2"


def test_a_words_vector_is_that_of_a_text_of_this_word() -> None:
    alone = torch.from_numpy(READER.encoder.vectors(["funny"]))[0]
    assert torch.equal(READER.word_vectors[2 + READER.words.index("funny")], alone)
    assert len(READER.word_vectors) == READER.vocabulary and not READER.word_vectors[:2].any()


def test_a_known_network_has_them_where_its_table_is_as_wide_and_a_drawn_one_never() -> None:
    known, drawn = TASK.known_network(TRANSFORMER), TASK.network(TRANSFORMER, Rng(0).child("known"))
    for name, value in known.parameters.items():
        assert torch.equal(value, drawn.parameters[name]) == (name != "embedding.weight"), name
    table, before = known.parameters["embedding.weight"], drawn.parameters["embedding.weight"]
    own = READER.vocabulary
    assert torch.equal(table[2:own], READER.word_vectors[2:])
    assert torch.equal(table[:2], before[:2]) and torch.equal(table[own:], before[own:])
    for other in ("textcnn:size=7", "text-mlp:width=8"):
        assert torch.equal(TASK.known_network(other).flat(), TASK.network(other, Rng(0).child("known")).flat())
