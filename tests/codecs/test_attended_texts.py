"""Attended texts: they begin at the words of texts and at even attention, and what does not fit is refused."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from condenset.codecs.attended_texts import AttendedWords
from condenset.core.errors import ArtifactError, RequestError
from condenset.core.rng import Rng
from condenset.core.texts import Texts
from condenset.tasks.image import open_images
from tests.tasks.text import example

TASK = example.task()


def some() -> Texts:
    found: Texts = TASK.train.draw(3, Rng(0)).inputs
    return found


def test_places_are_filled_with_the_words_of_the_text_again_and_again() -> None:
    texts, vectors = some(), TASK.resources["language"].word_vectors
    decoded = AttendedWords.encode(texts, TASK, places=12)()
    assert torch.equal(decoded.places[0], vectors[texts.words[0, [*range(9), 0, 1, 2]].long()])
    assert not decoded.guide.any() and decoded.guide.shape == (3, 1, 4, 1, 13)
    assert torch.equal(AttendedWords.encode(texts, TASK, places=2)()
                       .places, vectors[texts.words[:, :2].long()])  # fmt: skip


def test_the_known_network_reads_them_as_the_words_at_first() -> None:
    network, texts = TASK.known_network("text-transformer"), some()
    codec = AttendedWords.encode(texts, TASK, places=9)
    torch.testing.assert_close(network(codec()).logits, network(texts).logits)


def test_it_begins_at_such_a_set_as_it_is() -> None:
    first = AttendedWords.encode(some(), TASK, places=5, pull=0.5)
    with torch.no_grad():
        first.attention += 1
    again = AttendedWords.encode(first(), TASK)
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), first.parameters(), strict=True))
    assert again.fields() == first.fields()


@pytest.mark.parametrize("options", [{}, {"places": 5, "layers": 3, "heads": 2, "queries": 6}])
def test_it_takes_the_bytes_that_were_said_before(options: dict[str, Any]) -> None:
    codec = AttendedWords.encode(some(), TASK, **options)
    stored = sum(tensor.nbytes for tensor in codec.state_dict().values())
    assert stored == 3 * AttendedWords.item_bytes(TASK.input_spec, **options)


def test_other_data_and_vectors_alone_are_refused() -> None:
    with pytest.raises(RequestError, match="choose raw"):
        AttendedWords.encode(torch.zeros(2, 3), open_images("digits"))
    with pytest.raises(RequestError, match="begin at texts"):
        AttendedWords.encode(Texts.of_vectors(some().vector, some().shape), TASK)


@pytest.mark.parametrize("options", [{"places": 0}, {"heads": 0}, {"queries": 18}, {"pull": -1.0}])
def test_impossible_numbers_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="impossible"):
        AttendedWords.encode(some(), TASK, **options)


@pytest.mark.parametrize("name", ["data", "attention"])
def test_what_does_not_fit_is_refused(name: str) -> None:
    codec = AttendedWords.encode(some(), TASK)
    stored = dict(codec.state_dict())
    stored[name] = stored[name][1:]
    with pytest.raises(ArtifactError, match="inconsistent"):
        AttendedWords.restore(codec.fields(), stored)
